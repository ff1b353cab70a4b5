using System.Net.Sockets;

namespace Gantry.Network.Host;

/// <summary>
/// Makes the machine ready to route for pods, in small steps that are safe to repeat: forwarding, the pods' bridge, filtering of bridged
/// frames, and an interface that carries the DNS address. <see cref="UndoAsync"/> takes away the interfaces, and nothing that other
/// programs may have come to rely on.
/// </summary>
public sealed class HostSetup(NetworkOptions options, HostTools tools)
{
    /// <summary>Does every step. Returns the options with what was learnt about this machine.</summary>
    /// <exception cref="IOException">An interface could not be made: the message is that of the program used.</exception>
    public async Task<NetworkOptions> DoAsync(CancellationToken stop)
    {
        await ForwardAsync(stop).ConfigureAwait(false);
        await AddBridgeAsync(stop).ConfigureAwait(false);
        var filtered = await FilterBridgeAsync(stop).ConfigureAwait(false);
        await AddServiceInterfaceAsync(stop).ConfigureAwait(false);
        return options with { BridgeIsFiltered = filtered };
    }

    /// <summary>Removes both interfaces; fine if they are not there. Forwarding stays on, others may use it.</summary>
    public async Task UndoAsync(CancellationToken stop)
    {
        await tools.RunAsync(["ip", "link", "delete", options.ServiceInterface], "", stop).ConfigureAwait(false);
        await tools.RunAsync(["ip", "link", "delete", options.Bridge], "", stop).ConfigureAwait(false);
    }

    private async Task ForwardAsync(CancellationToken stop)
    {
        if (!await tools.SetAsync("net/ipv4/ip_forward", "1", stop).ConfigureAwait(false))
        {
            throw new IOException("net.ipv4.ip_forward cannot be set: pods could reach nothing outside their bridge");
        }

        if (options.PodRanges.Any(r => r.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6))
        {
            await tools.SetAsync("net/ipv6/conf/all/forwarding", "1", stop).ConfigureAwait(false);
        }
    }

    private async Task AddBridgeAsync(CancellationToken stop)
    {
        // The CNI plugin takes a bridge it finds. Making it first means its settings are there before the first pod is.
        await AddLinkAsync(options.Bridge, stop).ConfigureAwait(false);

        // Lets a connection to a node port on 127.0.0.1 leave for a pod; the table's guard keeps neighbours from using it the other way round.
        await tools.SetAsync($"net/ipv4/conf/{options.Bridge}/route_localnet", "1", stop).ConfigureAwait(false);
    }

    private async Task<bool> FilterBridgeAsync(CancellationToken stop)
    {
        if (await tools.SetAsync("net/bridge/bridge-nf-call-iptables", "1", stop).ConfigureAwait(false))
        {
            await tools.SetAsync("net/bridge/bridge-nf-call-ip6tables", "1", stop).ConfigureAwait(false);
            return true;
        }

        // Not built in: load the module, and do without where that is not possible.
        return (await tools.RunAsync(["modprobe", "br_netfilter"], "", stop).ConfigureAwait(false)).Succeeded
            && await tools.SetAsync("net/bridge/bridge-nf-call-iptables", "1", stop).ConfigureAwait(false);
    }

    private async Task AddServiceInterfaceAsync(CancellationToken stop)
    {
        // A bridge without ports rather than a dummy interface: every kernel that can run pods has bridges, not every one has dummies.
        await AddLinkAsync(options.ServiceInterface, stop).ConfigureAwait(false);
        var length = options.DnsAddress.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        await tools.RequireAsync(
            ["ip", "address", "replace", $"{options.DnsAddress}/{length}", "dev", options.ServiceInterface], stop).ConfigureAwait(false);

        // Programs on the node look up a route before the translation sees them; without a default route cluster addresses would be unreachable.
        foreach (var range in options.ServiceRanges)
        {
            var family = range.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? "-4" : "-6";
            await tools.RunAsync(["ip", family, "route", "replace", range.ToString(), "dev", options.ServiceInterface], "", stop).ConfigureAwait(false);
        }
    }

    private async Task AddLinkAsync(string name, CancellationToken stop)
    {
        var added = await tools.RunAsync(["ip", "link", "add", name, "type", "bridge"], "", stop).ConfigureAwait(false);
        if (!added.Succeeded && !added.Error.Contains("File exists", StringComparison.Ordinal))
        {
            throw new IOException($"the interface {name} cannot be made: {added.Error.Trim()}");
        }

        await tools.RequireAsync(["ip", "link", "set", name, "up"], stop).ConfigureAwait(false);
    }
}
