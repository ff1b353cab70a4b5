using Gantry.Cli.Commands;
using Gantry.Node.Cri;
using Gantry.Node.Grpc;
using Gantry.Node.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Cli.Cluster;

/// <summary>Ends the pods of a cluster and then its containerd.</summary>
internal static class RuntimeEnd
{
    private const int AtOnce = 16;

    /// <summary>Stops and removes every pod sandbox with what is in it, and the runtime itself. Returns how many pods there were.</summary>
    /// <exception cref="TimeoutException">containerd, which is started if it was not running, does not answer.</exception>
    public static async Task<int> StopAsync(DataFolder folder, TimeSpan grace, CancellationToken stop)
    {
        var options = RuntimeFolders.Runtime(folder);
        if (!File.Exists(options.ConfigFile))
        {
            return 0;
        }

        using var channel = new UnixGrpcChannel(options.Socket, TimeProvider.System);
        var supervisor = new ContainerdSupervisor(options, channel, TimeProvider.System, NullLogger<ContainerdSupervisor>.Instance);
        // Containers outlive their containerd; only a living one can end them in order.
        await supervisor.StartAsync(stop).ConfigureAwait(false);
        var runtime = new CriRuntime(channel);
        var limits = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop };
        var containers = await runtime.ListContainersAsync(null, stop).ConfigureAwait(false);
        await Parallel.ForEachAsync(containers.Where(c => c.State == ContainerState.ContainerRunning), limits, async (container, ct) =>
            await runtime.StopContainerAsync(container.Id, grace, ct).ConfigureAwait(false)).ConfigureAwait(false);
        var sandboxes = await runtime.ListSandboxesAsync(null, stop).ConfigureAwait(false);
        await Parallel.ForEachAsync(sandboxes, limits, async (sandbox, ct) =>
        {
            await runtime.StopSandboxAsync(sandbox.Id, ct).ConfigureAwait(false);
            await runtime.RemoveSandboxAsync(sandbox.Id, ct).ConfigureAwait(false);
        }).ConfigureAwait(false);
        await supervisor.StopAsync(stop).ConfigureAwait(false);
        return sandboxes.Count;
    }
}
