using System.Globalization;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;

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
        if (GoAddress.Parse(text, false, out var bytes) is { } fault)
        {
            warn($"{at}: IP address was accepted, but will be invalid in a future Kubernetes release: ParseAddr({GoSyntax.Quoted(text)}): {fault}");
        }
        else if (bytes.Length > 4 && Canonical(text, bytes) is var canonical && canonical != text)
        {
            warn($"{at}: IPv6 address {GoSyntax.Quoted(text)} is not in RFC 5952 canonical format ({GoSyntax.Quoted(canonical)}), which may cause controller apply-loops");
        }
    }

    // Zones stay as they are written.
    private static string Canonical(string text, byte[] bytes) => text.IndexOf('%', StringComparison.Ordinal) is >= 0 and var zone ? GoAddress.Text(bytes) + text[zone..] : GoAddress.Text(bytes);

    private static void Cidr(string at, string text, Action<string> warn)
    {
        if (Prefix(text, out var canonical) is { } fault)
        {
            warn($"{at}: IP prefix was accepted, but will be invalid in a future Kubernetes release: netip.ParsePrefix({GoSyntax.Quoted(text)}): {fault}");
        }
        else if (canonical.Contains(':', StringComparison.Ordinal) && canonical != text)
        {
            warn($"{at}: IPv6 prefix {GoSyntax.Quoted(text)} is not in RFC 5952 canonical format ({GoSyntax.Quoted(canonical)}), which may cause controller apply-loops");
        }
    }

    // What Go's stricter way of reading finds wrong with a range that is good enough for Kubernetes.
    private static string? Prefix(string text, out string canonical)
    {
        canonical = "";
        var slash = text.LastIndexOf('/');
        if (slash < 0)
        {
            return "no '/'";
        }

        if (GoAddress.Parse(text[..slash], false, out var bytes) is { } fault)
        {
            return $"ParseAddr({GoSyntax.Quoted(text[..slash])}): {fault}";
        }

        var bits = text[(slash + 1)..];
        if (!int.TryParse(bits, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || (bits.Length > 1 && bits[0] == '0'))
        {
            return $"bad bits after slash: {GoSyntax.Quoted(bits)}";
        }

        canonical = GoAddress.Text(bytes) + "/" + bits;
        return length > bytes.Length * 8 ? "prefix length out of range" : null;
    }
}
