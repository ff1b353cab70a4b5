using System.Net;
using System.Net.Sockets;
using Gantry.Api.Models;

namespace Gantry.Server.Warnings;

/// <summary>Warnings about services.</summary>
internal static class ServiceWarnings
{
    public static void Service(V1Service service, Action<string> warn)
    {
        var spec = service.Spec;
        if (service.Metadata.Annotations.ContainsKey("service.kubernetes.io/topology-aware-hints"))
        {
            warn("annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead");
        }

        if (spec.ClusterIP is not ("" or "None"))
        {
            for (var i = 0; i < spec.ClusterIPs.Count; i++)
            {
                Ip($"spec.clusterIPs[{i}]", spec.ClusterIPs[i], warn);
            }
        }

        for (var i = 0; i < spec.ExternalIPs.Count; i++)
        {
            Ip($"spec.externalIPs[{i}]", spec.ExternalIPs[i], warn);
        }

        if (spec.LoadBalancerIP is { Length: > 0 } balancer)
        {
            Ip("spec.loadBalancerIP", balancer, warn);
        }

        for (var i = 0; i < spec.LoadBalancerSourceRanges.Count; i++)
        {
            Cidr($"spec.loadBalancerSourceRanges[{i}]", spec.LoadBalancerSourceRanges[i], warn);
        }

        if (spec.Type == "ExternalName" && spec.ExternalIPs.Count > 0)
        {
            warn("spec.externalIPs is ignored when spec.type is \"ExternalName\"");
        }

        if (spec.Type != "ExternalName" && !string.IsNullOrEmpty(spec.ExternalName))
        {
            warn("spec.externalName is ignored when spec.type is not \"ExternalName\"");
        }
    }

    private static void Ip(string at, string text, Action<string> warn)
    {
        if (Fault(text) is { } fault)
        {
            warn($"{at}: IP address was accepted, but will be invalid in a future Kubernetes release: {fault}");
        }
        else if (IPAddress.TryParse(text, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6 && ip.ToString() != text)
        {
            warn($"{at}: IPv6 address \"{text}\" is not in RFC 5952 canonical format (\"{ip}\"), which may cause controller apply-loops");
        }
    }

    private static void Cidr(string at, string text, Action<string> warn)
    {
        var slash = text.LastIndexOf('/');
        if (slash < 0)
        {
            return;
        }

        var address = text[..slash];
        if (Fault(address) is { } fault)
        {
            warn($"{at}: IP prefix was accepted, but will be invalid in a future Kubernetes release: netip.ParsePrefix(\"{text}\"): {fault}");
        }
        else if (IPAddress.TryParse(address, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6 && ip + text[slash..] != text)
        {
            warn($"{at}: IPv6 prefix \"{text}\" is not in RFC 5952 canonical format (\"{ip + text[slash..]}\"), which may cause controller apply-loops");
        }
    }

    // Numbers with leading zeros are decimal here and octal elsewhere.
    private static string? Fault(string address) =>
        !address.Contains(':', StringComparison.Ordinal) && address.Split('.').Any(n => n.Length > 1 && n[0] == '0')
            ? $"ParseAddr(\"{address}\"): IPv4 field has octet with leading zero" : null;
}
