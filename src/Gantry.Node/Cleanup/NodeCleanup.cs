using Gantry.Node.Machine;
using Gantry.Node.Runtime;
using Gantry.Node.Volumes;

namespace Gantry.Node.Cleanup;

/// <summary>Takes all pods and what they left off a machine. The agent must not run then.</summary>
public static class NodeCleanup
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Stops and removes every sandbox and container, which frees their network interfaces and addresses; then unmounts and deletes the
    /// pods' folder and logs, and removes the cgroups. Safe to repeat. The runtime itself and the bridge are the runtime's to remove.
    /// </summary>
    /// <param name="options">The node.</param>
    /// <param name="runtime">Its runtime, answering; null: it is gone, and only files are left.</param>
    /// <param name="ct">Cancellation.</param>
    /// <exception cref="Grpc.GrpcException">The runtime failed to stop something.</exception>
    public static async Task RemoveAllAsync(NodeOptions options, IContainerRuntime? runtime, CancellationToken ct)
    {
        if (runtime is not null)
        {
            var containers = await runtime.ListContainersAsync(null, ct);
            await Task.WhenAll(containers.Where(c => c.State == Cri.ContainerState.ContainerRunning).Select(c => runtime.StopContainerAsync(c.Id, Grace, ct)));
            foreach (var sandbox in await runtime.ListSandboxesAsync(null, ct))
            {
                await runtime.StopSandboxAsync(sandbox.Id, ct);
                await runtime.RemoveSandboxAsync(sandbox.Id, ct);
            }
        }

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
    }
}
