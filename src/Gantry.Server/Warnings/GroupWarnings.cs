using Gantry.Api.Models;
using Gantry.Server.Validation;

namespace Gantry.Server.Warnings;

/// <summary>Warnings about kinds outside of the core, apps and batch groups.</summary>
internal static class GroupWarnings
{
    private const string ClassAnnotation = "kubernetes.io/ingress.class";

    /// <summary>Tells what an accepted object is warned of.</summary>
    /// <param name="value">The object.</param>
    /// <param name="isNew">Whether it is being created.</param>
    /// <param name="warn">Takes each warning.</param>
    public static void Tell(IApiObject value, bool isNew, Action<string> warn)
    {
        switch (value)
        {
            case V1Ingress { Spec.IngressClassName: null } ingress when isNew && ingress.Metadata.Annotations.ContainsKey(ClassAnnotation):
                warn($"annotation \"{ClassAnnotation}\" is deprecated, please use 'spec.ingressClassName' instead");
                break;
            case V1EndpointSlice { AddressType: "FQDN" } when isNew:
                warn("spec.addressType: FQDN endpoints are deprecated");
                break;
            case V1StorageClass c:
                Topologies(c.AllowedTopologies, warn);
                break;
            case V1CSIStorageCapacity { NodeTopology: { } topology }:
                Selector(topology, FieldPath.Root("nodeTopology"), warn);
                break;
            case V1RuntimeClass { Scheduling: { } scheduling }:
                foreach (var key in scheduling.NodeSelector.Keys)
                {
                    NodeLabel(key, "scheduling.nodeSelector", warn);
                }

                break;
        }
    }

    private static void Topologies(IReadOnlyList<V1TopologySelectorTerm> terms, Action<string> warn)
    {
        for (var i = 0; i < terms.Count; i++)
        {
            for (var e = 0; e < terms[i].MatchLabelExpressions.Count; e++)
            {
                NodeLabel(terms[i].MatchLabelExpressions[e].Key, $"allowedTopologies[{i}].matchLabelExpressions[{e}].key", warn);
            }
        }
    }

    private static void Selector(V1LabelSelector selector, FieldPath at, Action<string> warn)
    {
        for (var i = 0; i < selector.MatchExpressions.Count; i++)
        {
            var key = selector.MatchExpressions[i].Key;
            NodeLabel(key, $"{at}.matchExpressions[{i}].key", warn, key + " is ");
        }

        foreach (var key in selector.MatchLabels.Keys)
        {
            NodeLabel(key, $"{at}.matchLabels.{key}", warn);
        }
    }

    private static void NodeLabel(string key, string at, Action<string> warn, string subject = "")
    {
        if (NodeLabelWarnings.Deprecated(key) is { } instead)
        {
            warn($"{at}: {subject}{instead}");
        }
    }
}
