using System.CommandLine;
using System.Globalization;
using Gantry.Cli.Cluster;
using Gantry.Network;
using Gantry.Network.Host;
using Gantry.Node.Cleanup;
using Gantry.Node.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Cli.Commands;

/// <summary><c>gantry down</c>: the end of a cluster on this machine.</summary>
public static class DownCommand
{
    public static Command Build()
    {
        var dataDir = SharedOptions.DataDir();
        var purge = new Option<bool>("--purge") { Description = "Remove every trace: images, logs, keys and all that the API keeps." };
        var grace = new Option<int>("--grace") { Description = "How long containers get to end by themselves.", HelpName = "SECONDS", DefaultValueFactory = _ => 10 };
        var command = new Command("down", "Stops the server, its pods and its container runtime. The data stays, and 'gantry up' starts the same cluster again. Safe to repeat.")
        {
            dataDir, purge, grace,
        };
        command.SetAction(async (parsed, stop) =>
        {
            if (!Environment.IsPrivilegedProcess)
            {
                throw new CommandFailure("stopping containers and removing packet rules needs root; run this as root");
            }

            var folder = new DataFolder(parsed.GetValue(dataDir)!);
            await ServerFaults.ExplainAsync("the cluster is not down yet; run this again", () => RunAsync(folder, parsed.GetValue(purge), TimeSpan.FromSeconds(parsed.GetValue(grace)), stop)).ConfigureAwait(false);
            return 0;
        });
        return command;
    }

    private static async Task RunAsync(DataFolder folder, bool purge, TimeSpan grace, CancellationToken stop)
    {
        // 1. The server, or it would start again what is stopped.
        if (ServerRecord.Read(folder) is { } record && record.IsAlive())
        {
            await ServerProcess.StopAsync(record, TimeSpan.FromSeconds(30), stop).ConfigureAwait(false);
            Console.WriteLine($"stopped the server (pid {record.Pid})");
        }

        if (File.Exists(folder.ServerFile))
        {
            File.Delete(folder.ServerFile);
        }

        // 2. Pods and their runtime.
        var pods = await StopNodeAsync(folder, grace, stop).ConfigureAwait(false);
        if (pods > 0)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"stopped {pods} pods"));
        }

        // 3. Rules, interfaces and mounts mean nothing without them.
        var network = new NetworkOptions { NodeName = "", Name = folder.NetworkName, Bridge = folder.Bridge };
        await NetworkAgent.RemoveAsync(network, new HostTools(), stop).ConfigureAwait(false);
        DeleteTree(folder.Run);
        if (purge)
        {
            DeleteTree(folder.Root);
            Console.WriteLine($"nothing of the cluster in {folder.Root} is left");
        }
    }

    private static async Task<int> StopNodeAsync(DataFolder folder, TimeSpan grace, CancellationToken stop)
    {
        var node = NodeFolders.Node(folder, "", []);
        if (!File.Exists(NodeFolders.Runtime(folder).ConfigFile))
        {
            return await NodeCleanup.RemoveAllAsync(node, null, grace, stop).ConfigureAwait(false);
        }

        // Containers outlive their containerd; only a living one can end them in order.
        using var runtime = new ContainerdRuntime(NodeFolders.Runtime(folder), NodeFolders.Cni(folder, null), TimeProvider.System, NullLoggerFactory.Instance);
        await runtime.StartAsync(stop).ConfigureAwait(false);
        var pods = await NodeCleanup.RemoveAllAsync(node, runtime.Runtime, grace, stop).ConfigureAwait(false);
        await runtime.RemoveAsync(stop).ConfigureAwait(false);
        return pods;
    }

    private static void DeleteTree(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
