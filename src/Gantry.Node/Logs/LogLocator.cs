using Gantry.Api.Models;
using Gantry.Node.Cri;
using Gantry.Node.Grpc;
using Gantry.Node.Runtime;

namespace Gantry.Node.Logs;

/// <summary>Finds the log file that a request means: the newest attempt's, or the one before.</summary>
public sealed class LogLocator
{
    private readonly IContainerRuntime _runtime;
    private readonly PodContainers _containers;

    public LogLocator(IContainerRuntime runtime)
    {
        _runtime = runtime;
        _containers = new PodContainers(runtime);
    }

    /// <param name="pod">The pod with its status, which tells why there is no container yet and which attempt counts as the previous one.</param>
    /// <param name="container">The container's name.</param>
    /// <param name="previous">The attempt before.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="LogRefusedException">There is none.</exception>
    public async Task<LogSource> FindAsync(V1Pod pod, string container, bool previous, CancellationToken ct)
    {
        var status = StatusOf(pod, container);
        var attempts = await _containers.AttemptsAsync(pod.Metadata.Uid, container, ct);
        var chosen = previous ? Previous(attempts, status) : Current(attempts);
        if (chosen is null)
        {
            throw new LogRefusedException(previous
                ? $"previous terminated container \"{container}\" in pod \"{pod.Metadata.Name}\" not found"
                : Why(status, container, pod.Metadata.Name));
        }

        var found = await _runtime.ContainerStatusAsync(chosen.Id, ct);
        if (found is null || found.LogPath.Length == 0)
        {
            throw new LogRefusedException($"unable to retrieve container logs for containerd://{chosen.Id}");
        }

        return new LogSource(found.LogPath, c => MayWriteAsync(chosen.Id, c));
    }

    private async Task<bool> MayWriteAsync(string id, CancellationToken ct)
    {
        try
        {
            return await _runtime.ContainerStatusAsync(id, ct) is { State: not ContainerState.ContainerExited };
        }
        catch (GrpcException)
        {
            // A runtime that is going, gone or coming answers in many ways; containers outlive that, and it will tell when it is back.
            return true;
        }
    }

    // An attempt that was made but never started has no log yet; the one before it is then what there is to read.
    private static Container? Current(IReadOnlyList<Container> attempts) =>
        attempts.FirstOrDefault(c => c.State != ContainerState.ContainerCreated) ?? (attempts.Count > 0 ? attempts[0] : null);

    private static Container? Previous(IReadOnlyList<Container> attempts, V1ContainerStatus? status)
    {
        // While a container waits for its next attempt, its status names the ended one as the last; the runtime alone cannot know that.
        if (status?.LastState.Terminated is { ContainerID.Length: > 0 } last && attempts.FirstOrDefault(c => last.ContainerID.EndsWith(c.Id, StringComparison.Ordinal)) is { } named)
        {
            return named;
        }

        return attempts.Skip(1).FirstOrDefault(c => c.State == ContainerState.ContainerExited);
    }

    private static V1ContainerStatus? StatusOf(V1Pod pod, string container) =>
        pod.Status is not { } status ? null
            : status.ContainerStatuses.Concat(status.InitContainerStatuses).Concat(status.EphemeralContainerStatuses).FirstOrDefault(s => s.Name == container);

    private static string Why(V1ContainerStatus? status, string container, string pod)
    {
        var what = $"container \"{container}\" in pod \"{pod}\" is ";
        return status switch
        {
            null => what + "not available",
            { State.Terminated: not null } => what + "terminated",
            { LastState.Terminated: not null } => what + "terminated",
            { State.Waiting: { } waiting } => what + "waiting to start: " + waiting.Reason switch
            {
                "ErrImagePull" => "image can't be pulled",
                "ImagePullBackOff" => "trying and failing to pull image",
                var reason => reason,
            },
            _ => what + "waiting to start - no logs yet",
        };
    }
}
