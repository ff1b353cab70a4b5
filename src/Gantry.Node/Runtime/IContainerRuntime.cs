using Gantry.Node.Cri;

namespace Gantry.Node.Runtime;

/// <summary>
/// Containers, as the pod machine sees them: containerd over CRI, or a hollow one in tests and simulations.
/// Failures are <see cref="Grpc.GrpcException"/>; stopping and removing what is not there is no failure.
/// </summary>
public interface IContainerRuntime
{
    Task<VersionResponse> VersionAsync(CancellationToken ct);

    Task<RuntimeStatus> StatusAsync(CancellationToken ct);

    Task<string> RunSandboxAsync(PodSandboxConfig config, CancellationToken ct);

    Task StopSandboxAsync(string id, CancellationToken ct);

    Task RemoveSandboxAsync(string id, CancellationToken ct);

    Task<PodSandboxStatus?> SandboxStatusAsync(string id, CancellationToken ct);

    /// <param name="podUid">Only this pod's; null: all.</param>
    Task<IReadOnlyList<PodSandbox>> ListSandboxesAsync(string? podUid, CancellationToken ct);

    Task<string> CreateContainerAsync(string sandboxId, ContainerConfig config, PodSandboxConfig sandbox, CancellationToken ct);

    Task StartContainerAsync(string id, CancellationToken ct);

    /// <summary>Sends the stop signal, waits at most the grace, kills; returns when the container has ended.</summary>
    Task StopContainerAsync(string id, TimeSpan grace, CancellationToken ct);

    Task RemoveContainerAsync(string id, CancellationToken ct);

    /// <param name="podUid">Only this pod's; null: all.</param>
    Task<IReadOnlyList<Container>> ListContainersAsync(string? podUid, CancellationToken ct);

    Task<ContainerStatus?> ContainerStatusAsync(string id, CancellationToken ct);

    Task<IReadOnlyList<ContainerStats>> StatsAsync(CancellationToken ct);

    Task<ExecSyncResponse> ExecSyncAsync(string id, IEnumerable<string> command, TimeSpan limit, CancellationToken ct);

    /// <summary>The URL of the runtime's streaming server for one exec.</summary>
    Task<string> ExecUrlAsync(ExecRequest request, CancellationToken ct);

    Task<string> AttachUrlAsync(AttachRequest request, CancellationToken ct);

    Task<string> PortForwardUrlAsync(PortForwardRequest request, CancellationToken ct);

    Task ReopenLogAsync(string id, CancellationToken ct);

    Task<IReadOnlyList<Image>> ListImagesAsync(CancellationToken ct);

    Task<Image?> ImageStatusAsync(string reference, CancellationToken ct);

    Task<string> PullImageAsync(string reference, AuthConfig? credentials, PodSandboxConfig? sandbox, CancellationToken ct);

    Task RemoveImageAsync(string reference, CancellationToken ct);

    /// <summary>The ids of containers and sandboxes in which something happened, as it happens, until cancelled.</summary>
    IAsyncEnumerable<RuntimeEvent> EventsAsync(CancellationToken ct);

    /// <summary>The ids of commands (exec) that end in a container, as they end, until cancelled. A runtime that does not tell gives none.</summary>
    IAsyncEnumerable<string> CommandEndsAsync(string containerId, CancellationToken ct) => AsyncEnumerable.Empty<string>();
}
