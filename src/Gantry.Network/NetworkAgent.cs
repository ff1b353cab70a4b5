using System.Net;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Network.Dns;
using Gantry.Network.Host;
using Gantry.Network.Nft;
using Microsoft.Extensions.Logging;

namespace Gantry.Network;

/// <summary>
/// The network of one node, put together. Start order: <see cref="StartAsync"/> prepares the machine and takes the DNS port; then the host
/// runs <see cref="Controller"/> and <see cref="ServeNamesAsync"/>. Stopping leaves rules and interfaces alone, because pods go on while
/// Gantry restarts; <see cref="RemoveAsync"/> takes them away for good.
/// </summary>
public sealed class NetworkAgent : IDisposable
{
    private readonly HostTools _tools;
    private readonly ILogger _log;
    private readonly Forwarder _forwarder;
    private readonly DnsServer _dns;
    private NetworkOptions _options;

    /// <summary>Asks the set for its caches, so it must be constructed before the set runs; touches nothing else.</summary>
    public NetworkAgent(NetworkOptions options, UpstreamOptions upstream, CacheSet caches, HostTools tools, TimeProvider clock, ILogger log)
    {
        _options = options;
        _tools = tools;
        _log = log;
        var namespaces = caches.Of<V1Namespace>();
        _forwarder = new(upstream, options.ResolvConf, options.DnsAddress, clock);
        var resolver = new ZoneResolver(options, name => namespaces.Snapshot.Get(new ObjectKey(name)) is not null);
        var responder = new Responder(resolver, _forwarder, DnsZone.Empty(options.ClusterDomain));
        _dns = new(new IPEndPoint(options.DnsAddress, options.DnsPort), responder, clock, log);
        Controller = new NetworkController(() => _options, caches, new(tools), responder, log);
    }

    /// <summary>The loop that keeps names and rules current; to be run after <see cref="StartAsync"/>.</summary>
    public IController Controller { get; }

    /// <summary>Prepares the machine and binds the DNS address.</summary>
    /// <exception cref="IOException">An interface or setting is refused; the message says which.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The DNS port is taken.</exception>
    public async Task StartAsync(CancellationToken stop)
    {
        _options = await new HostSetup(_options, _tools).DoAsync(stop).ConfigureAwait(false);
        NetworkLog.HostReady(_log, _options.Bridge, _options.BridgeIsFiltered);
        _dns.Bind();
    }

    /// <summary>Answers names until it is stopped.</summary>
    public Task ServeNamesAsync(CancellationToken stop) => _dns.RunAsync(stop);

    /// <summary>Removes the table and the interfaces of a cluster, whether or not it ran; safe to repeat.</summary>
    public static async Task RemoveAsync(NetworkOptions options, HostTools tools, CancellationToken stop)
    {
        await new NftApplier(tools).RemoveAsync(options.Table, stop).ConfigureAwait(false);
        await new HostSetup(options, tools).UndoAsync(stop).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _dns.Dispose();
        _forwarder.Dispose();
    }
}
