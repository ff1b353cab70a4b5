using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Gantry.Cli.Commands;
using Gantry.Cli.Kms;
using Gantry.Controllers.LocalVolumes;
using Gantry.Network;
using Gantry.Network.Dns;
using Gantry.Network.Host;
using Gantry.Server;
using Gantry.Store.Sqlite;
using Microsoft.Extensions.Logging;

namespace Gantry.Cli.Cluster;

/// <summary>A whole cluster in this process. The start order is the order of the steps in <see cref="RunAsync"/>.</summary>
internal static class ClusterServer
{
    /// <summary>Runs until told to stop. Containers are left running, for the next start to take over.</summary>
    public static async Task RunAsync(ServerOptions options, ILoggerFactory logs, CancellationToken stop)
    {
        var clock = TimeProvider.System;
        var log = logs.CreateLogger("server");
        var from = clock.GetTimestamp();
        void Ready(string part)
        {
            var elapsed = clock.GetElapsedTime(from).TotalMilliseconds;
            ClusterLog.Ready(log, part, elapsed);
        }

        // 1. The store first: it takes the lock of the data directory, so a second server ends here.
        await using var store = SqliteStore.Open(new SqliteStoreOptions { File = options.Folder.StoreFile }, clock);
        Ready("store");

        // 2. The API.
        using var node = new NodePart(options, logs, clock);
        var address = MachineAddress();
        // Pods cannot reach the machine's loopback. The DNS address is on this machine alone, too, and pods reach it.
        var inside = IPAddress.IsLoopback(options.Listen.Address) ? options.ServiceAddress(10) : null;
        var api = options.Identity.On(new ApiServerOptions
        {
            DataDirectory = options.Folder.Root,
            AdminKubeconfig = options.Folder.AdminKubeconfig,
            Listen = options.Listen,
            TokenFile = options.TokenAuthFile ?? "",
            ServiceRange = options.ServiceRange,
            NodeName = options.NodeName,
            Encryption = options.Encryption,
            Audit = options.Audit,
            Limits = options.Limits,
            Admission = options.Admission,
            Addresses = [address],
            AlsoListen = inside is null ? [] : [new IPEndPoint(inside, options.Listen.Port)],
            Advertise = inside,
        });
        await using var server = await ApiServer.StartAsync(api, new ApiServerParts { Store = store, Logs = logs, Nodes = node.Proxy, KeyService = GrpcKeyService.Over(clock) }, stop).ConfigureAwait(false);
        new ServerRecord(Environment.ProcessId, options.LocalServer.GetLeftPart(UriPartial.Authority), options.NodeName, options.ClusterCidr.ToString(), options.ServiceRange.ToString())
            .Write(options.Folder);
        Ready("api");

        // 3. The network, before the first pod wants it.
        var loops = new ClusterLoops(server, logs, clock);
        using var network = new NetworkAgent(Network(options), new UpstreamOptions(), loops.Caches, new HostTools(), clock, logs.CreateLogger("network"));
        await network.StartAsync(stop).ConfigureAwait(false);
        loops.Host.Add(network.Controller);
        loops.Host.Add("dns", network.ServeNamesAsync);
        Ready("network");

        // 4. The loops and the node.
        loops.AddControllers(server.Pki.Authority.CertificatePem, options.ClusterCidr, new LocalVolumeOptions(options.Folder.Volumes, options.NodeName),
            options.Identity.Authentication.BootstrapTokens);
        loops.AddScheduler();
        node.AddTo(loops, address);
        var fault = await loops.Host.RunAsync(stop).ConfigureAwait(false);
        ClusterLog.Stopping(log);
        ServerFaults.Throw(fault);
    }

    /// <summary>How the network of a cluster is called and laid out on this machine.</summary>
    public static NetworkOptions Network(ServerOptions options) => new()
    {
        Name = options.Folder.NetworkName,
        NodeName = options.NodeName,
        Bridge = options.Folder.Bridge,
        PodRanges = [options.ClusterCidr],
        ServiceRanges = [options.ServiceRange],
        DnsAddress = options.ServiceAddress(10),
    };

    /// <summary>The address under which others reach this machine, that of the default route first; loopback where there is no other.</summary>
    private static IPAddress MachineAddress() =>
        NetworkInterface.GetAllNetworkInterfaces()
            .Where(i => i.OperationalStatus == OperationalStatus.Up && i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .Select(i => i.GetIPProperties())
            .OrderByDescending(p => p.GatewayAddresses.Count)
            .SelectMany(p => p.UnicastAddresses)
            .Select(a => a.Address)
            .FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) ?? IPAddress.Loopback;
}
