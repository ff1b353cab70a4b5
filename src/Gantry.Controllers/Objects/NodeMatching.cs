using System.Globalization;
using Gantry.Api.Models;

namespace Gantry.Controllers.Objects;

/// <summary>Whether a pod may be on a node: the part of scheduling that DaemonSets decide themselves.</summary>
public static class NodeMatching
{
    private const string NameField = "metadata.name";

    /// <summary>Whether the pod's nodeName, nodeSelector and required node affinity admit the node.</summary>
    public static bool Fits(V1PodSpec pod, V1Node node)
    {
        if ((pod.NodeName.Length > 0 && pod.NodeName != node.Metadata.Name) || !pod.NodeSelector.All(s => node.Metadata.Labels.TryGetValue(s.Key, out var value) && value == s.Value))
        {
            return false;
        }

        var required = pod.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution;
        return required is null || required.NodeSelectorTerms.Any(t => Matches(t, node));
    }

    /// <summary>Whether the node meets every requirement of the term. A term without any matches nothing.</summary>
    public static bool Matches(V1NodeSelectorTerm term, V1Node node) =>
        term.MatchExpressions.Count + term.MatchFields.Count > 0
        && term.MatchExpressions.All(e => Matches(e, node.Metadata.Labels.TryGetValue(e.Key, out var value) ? value : null))
        && term.MatchFields.All(f => f.Key == NameField && Matches(f, node.Metadata.Name));

    /// <summary>Whether every taint of these effects is tolerated.</summary>
    public static bool Tolerates(IReadOnlyList<V1Toleration> tolerations, V1Node node, params ReadOnlySpan<string> effects)
    {
        foreach (var taint in node.Spec.Taints)
        {
            if (effects.Contains(taint.Effect) && !tolerations.Any(t => Tolerates(t, taint)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The name of the only node that the required affinity admits by a field; null when it does not pin the pod to one.</summary>
    public static string? PinnedTo(V1PodSpec pod)
    {
        if (pod.NodeName.Length > 0)
        {
            return pod.NodeName;
        }

        var terms = pod.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms ?? [];
        return terms.SelectMany(t => t.MatchFields).FirstOrDefault(f => f is { Key: NameField, Operator: "In", Values.Count: 1 })?.Values[0];
    }

    /// <summary>The spec pinned to the node, so that the scheduler binds it there and nowhere else.</summary>
    public static V1PodSpec Pin(V1PodSpec pod, string node)
    {
        var affinity = pod.Affinity ?? new V1Affinity();
        var nodes = affinity.NodeAffinity ?? new V1NodeAffinity();
        V1NodeSelectorRequirement[] pin = [new() { Key = NameField, Operator = "In", Values = [node] }];
        var terms = nodes.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms ?? [];
        var pinned = new V1NodeSelector { NodeSelectorTerms = terms.Count == 0 ? [new V1NodeSelectorTerm { MatchFields = pin }] : [.. terms.Select(t => t with { MatchFields = pin })] };
        return pod with { Affinity = affinity with { NodeAffinity = nodes with { RequiredDuringSchedulingIgnoredDuringExecution = pinned } } };
    }

    private static bool Tolerates(V1Toleration toleration, V1Taint taint) =>
        (toleration.Effect.Length == 0 || toleration.Effect == taint.Effect)
        && (toleration.Key.Length == 0 ? toleration.Operator == "Exists" : toleration.Key == taint.Key)
        && (toleration.Operator == "Exists" || toleration.Value == taint.Value);

    private static bool Matches(V1NodeSelectorRequirement requirement, string? value) => requirement.Operator switch
    {
        "In" => value is not null && requirement.Values.Contains(value),
        "NotIn" => value is null || !requirement.Values.Contains(value),
        "Exists" => value is not null,
        "DoesNotExist" => value is null,
        "Gt" => Compare(requirement, value) > 0,
        "Lt" => Compare(requirement, value) < 0,
        _ => false,
    };

    private static int Compare(V1NodeSelectorRequirement requirement, string? value) =>
        requirement.Values is [var limit]
        && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var have)
        && long.TryParse(limit, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? have.CompareTo(number)
            : 0;
}
