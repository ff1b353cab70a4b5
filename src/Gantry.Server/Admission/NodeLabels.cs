using System.Collections.Frozen;

namespace Gantry.Server.Admission;

/// <summary>The labels that a node agent may give its own node: those of others decide what runs there.</summary>
internal static class NodeLabels
{
    private static readonly FrozenSet<string> Own = new[]
    {
        "kubernetes.io/hostname", "kubernetes.io/os", "kubernetes.io/arch", "beta.kubernetes.io/os", "beta.kubernetes.io/arch", "beta.kubernetes.io/instance-type",
        "node.kubernetes.io/instance-type", "topology.kubernetes.io/zone", "topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/zone",
        "failure-domain.beta.kubernetes.io/region",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static bool MaySet(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var space = slash < 0 ? "" : key[..slash];
        if (Own.Contains(key) || Under(space, "kubelet.kubernetes.io") || Under(space, "node.kubernetes.io"))
        {
            return true;
        }

        return !Under(space, "kubernetes.io") && !Under(space, "k8s.io");
    }

    private static bool Under(string space, string domain) => space == domain || space.EndsWith("." + domain, StringComparison.Ordinal);
}
