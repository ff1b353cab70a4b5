using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gantry.Api.Models;
using Gantry.Api.Trees;

namespace Gantry.Server.Tables;

/// <summary>The cells of Services and what leads to them.</summary>
internal static class NetworkCells
{
    private const int ShownEndpoints = 3;

    public static IReadOnlyList<Tree> Service(V1Service o, string age) =>
    [
        o.Metadata.Name, o.Spec.Type, CellText.OrNone(o.Spec.ClusterIPs.Count > 0 ? o.Spec.ClusterIPs[0] : o.Spec.ClusterIP), External(o),
        CellText.OrNone(string.Join(",", o.Spec.Ports.Select(Port))), age, CellText.Labels(o.Spec.Selector),
    ];

    public static IReadOnlyList<Tree> Endpoints(V1Endpoints o, string age)
    {
        var all = new List<string>();
        foreach (var subset in o.Subsets)
        {
            if (subset.Ports.Count == 0)
            {
                all.AddRange(subset.Addresses.Select(a => a.Ip));
            }

            foreach (var port in subset.Ports)
            {
                all.AddRange(subset.Addresses.Select(a => Joined(a.Ip, port.Port)));
            }
        }

        return [o.Metadata.Name, o.Subsets.Count == 0 ? CellText.None : CellText.Some(all, all.Count), age];
    }

    public static IReadOnlyList<Tree> EndpointSlice(V1EndpointSlice o, string age)
    {
        var ports = o.Ports.Select(p => p.Port is { } number ? CellText.Number(number) : p.Name ?? "*").ToList();
        var addresses = o.Endpoints.SelectMany(e => e.Addresses).ToList();
        return [o.Metadata.Name, o.AddressType, Some(ports), Some(addresses), age];
    }

    public static IReadOnlyList<Tree> Ingress(V1Ingress o, string age)
    {
        var text = Hosts(o.Spec.Rules);
        return
        [
            o.Metadata.Name, o.Spec.IngressClassName ?? CellText.None, text, Balancers(o.Status.LoadBalancer.Ingress.Select(i => (i.Ip, i.Hostname))),
            o.Spec.Tls.Count > 0 ? "80, 443" : "80", age,
        ];
    }

    public static IReadOnlyList<Tree> IngressClass(V1IngressClass o, string age)
    {
        var parameters = o.Spec.Parameters is not { } p ? CellText.None : p.Kind + (p.ApiGroup is null ? "" : "." + p.ApiGroup) + "/" + p.Name;
        return [o.Metadata.Name, o.Spec.Controller, parameters, age];
    }

    // Rules for every host do not count, until there are enough hosts to show.
    private static string Hosts(IReadOnlyList<V1IngressRule> rules)
    {
        var (hosts, isMore) = (new List<string>(), false);
        foreach (var rule in rules)
        {
            isMore |= hosts.Count == ShownEndpoints;
            if (!isMore && rule.Host.Length > 0)
            {
                hosts.Add(rule.Host);
            }
        }

        return hosts.Count == 0 ? "*"
            : string.Join(",", hosts) + (isMore ? string.Create(CultureInfo.InvariantCulture, $" + {rules.Count - ShownEndpoints} more...") : "");
    }

    private static string Some(List<string> items) => CellText.Some(items, items.Count) is { Length: > 0 } text ? text : CellText.Unset;

    private static string External(V1Service o)
    {
        switch (o.Spec.Type)
        {
            case "ClusterIP" or "NodePort":
                return CellText.OrNone(string.Join(",", o.Spec.ExternalIPs));
            case "LoadBalancer":
                var balancers = Balancers(o.Status.LoadBalancer.Ingress.Select(i => (i.Ip, i.Hostname)));
                var all = string.Join(",", (balancers.Length == 0 ? [] : (IEnumerable<string>)[balancers]).Concat(o.Spec.ExternalIPs));
                return all.Length == 0 ? "<pending>" : all;
            case "ExternalName":
                return o.Spec.ExternalName;
            default:
                return "<unknown>";
        }
    }

    private static string Balancers(IEnumerable<(string Ip, string Hostname)> ingress) => string.Join(",", ingress
        .Select(i => i.Ip.Length > 0 ? i.Ip : i.Hostname).Where(t => t.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    private static string Port(V1ServicePort port) => port.NodePort > 0
        ? string.Create(CultureInfo.InvariantCulture, $"{port.Port}:{port.NodePort}/{port.Protocol}")
        : string.Create(CultureInfo.InvariantCulture, $"{port.Port}/{port.Protocol}");

    private static string Joined(string address, int port) => IPAddress.TryParse(address, out var parsed) && parsed.AddressFamily == AddressFamily.InterNetworkV6
        ? string.Create(CultureInfo.InvariantCulture, $"[{address}]:{port}")
        : string.Create(CultureInfo.InvariantCulture, $"{address}:{port}");
}
