using Gantry.Node.Machine;
using Gantry.Node.Runtime;
using Gantry.Node.Volumes;

namespace Gantry.Node.Cleanup;

/// <summary>Takes all pods and what they left off a machine. The agent must not run then.</summary>
public static class NodeCleanup
{
    private const int AtOnce = 16;

    /// <summary>
    /// Stops and removes every sandbox and container, which frees their network interfaces and addresses; then unmounts and deletes the
    /// pods' folder and logs, and removes the cgroups. Safe to repeat. The runtime itself and the bridge are the runtime's to remove.
    /// </summary>
    /// <param name="options">The node.</param>
    /// <param name="runtime">Its runtime, answering; null: it is gone, and only files are left.</param>
    /// <param name="grace">How long containers get to end by themselves.</param>
    /// <param name="ct">Cancellation.</param>
    /// <returns>How many pods there were.</returns>
    /// <exception cref="Grpc.GrpcException">The runtime failed to stop something.</exception>
    /// <exception cref="IOException">A mount is still there.</exception>
    public static async Task<int> RemoveAllAsync(NodeOptions options, IContainerRuntime? runtime, TimeSpan grace, CancellationToken ct)
    {
        var pods = runtime is null ? 0 : await StopPodsAsync(runtime, grace, ct);

        foreach (var mount in LinuxFiles.MountsBelow(options.PodDirectory))
        {
            LinuxFiles.Unmount(mount);
        }

        if (LinuxFiles.MountsBelow(options.PodDirectory).Count > 0)
        {
            throw new IOException($"{options.PodDirectory} still holds mounts");
        }

        foreach (var folder in (string[])[options.PodDirectory, options.LogDirectory])
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        PodCgroups.Remove(options.CgroupRoot);
        return pods;
    }

    private static async Task<int> StopPodsAsync(IContainerRuntime runtime, TimeSpan grace, CancellationToken ct)
    {
        var limits = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct };
        var containers = await runtime.ListContainersAsync(null, ct);
        var running = containers.Where(c => c.State == Cri.ContainerState.ContainerRunning);
        await Parallel.ForEachAsync(running, limits, async (container, stop) => await runtime.StopContainerAsync(container.Id, grace, stop));
        var sandboxes = await runtime.ListSandboxesAsync(null, ct);
        await Parallel.ForEachAsync(sandboxes, limits, async (sandbox, stop) =>
        {
            await runtime.StopSandboxAsync(sandbox.Id, stop);
            await runtime.RemoveSandboxAsync(sandbox.Id, stop);
        });
        return sandboxes.Count;
    }
}
