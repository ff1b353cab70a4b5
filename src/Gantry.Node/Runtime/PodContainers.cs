using Gantry.Node.Cri;

namespace Gantry.Node.Runtime;

/// <summary>Finds a pod's containers and sandbox in the runtime.</summary>
public sealed class PodContainers
{
    private readonly IContainerRuntime _runtime;

    public PodContainers(IContainerRuntime runtime)
    {
        _runtime = runtime;
    }

    /// <summary>Every attempt of one container that the runtime still has, newest first.</summary>
    public async Task<IReadOnlyList<Container>> AttemptsAsync(string podUid, string name, CancellationToken ct)
    {
        var all = await _runtime.ListContainersAsync(podUid, ct);
        return [.. all.Where(c => c.Metadata.Name == name).OrderByDescending(c => c.Metadata.Attempt).ThenByDescending(c => c.CreatedAt)];
    }

    /// <summary>The id of the running attempt; null when none runs.</summary>
    public async Task<string?> RunningAsync(string podUid, string name, CancellationToken ct) =>
        (await AttemptsAsync(podUid, name, ct)).FirstOrDefault(c => c.State == ContainerState.ContainerRunning)?.Id;

    /// <summary>The id of the pod's ready sandbox; null when there is none.</summary>
    public async Task<string?> SandboxAsync(string podUid, CancellationToken ct) =>
        (await _runtime.ListSandboxesAsync(podUid, ct))
            .Where(s => s.State == PodSandboxState.SandboxReady)
            .MaxBy(s => s.CreatedAt)?.Id;
}
