using Gantry.Api.Models;
using Gantry.Server.Validation;

namespace Gantry.Server.Warnings;

/// <summary>Warnings about labels of nodes that have other names by now.</summary>
internal static class NodeLabelWarnings
{
    public static string? Deprecated(string? label) => label switch
    {
        "beta.kubernetes.io/arch" => "deprecated since v1.14; use \"kubernetes.io/arch\" instead",
        "beta.kubernetes.io/os" => "deprecated since v1.14; use \"kubernetes.io/os\" instead",
        "failure-domain.beta.kubernetes.io/region" => "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead",
        "failure-domain.beta.kubernetes.io/zone" => "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead",
        "beta.kubernetes.io/instance-type" => "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead",
        _ => null,
    };

    public static void Pod(V1PodSpec spec, FieldPath at, Action<string> warn)
    {
        foreach (var (label, _) in spec.NodeSelector)
        {
            if (Deprecated(label) is { } text)
            {
                warn($"{at.Child("nodeSelector").Key(label)}: {text}");
            }
        }

        if (spec.Affinity?.NodeAffinity is not { } affinity)
        {
            return;
        }

        var path = at.Child("affinity").Child("nodeAffinity");
        Terms(affinity.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms, path.Child("requiredDuringSchedulingIgnoredDuringExecution").Child("nodeSelectorTerms"), warn);
        for (var i = 0; i < affinity.PreferredDuringSchedulingIgnoredDuringExecution.Count; i++)
        {
            if (affinity.PreferredDuringSchedulingIgnoredDuringExecution[i].Preference is { } term)
            {
                Term(term, path.Child("preferredDuringSchedulingIgnoredDuringExecution").Index(i).Child("preference"), warn);
            }
        }
    }

    public static void Terms(IReadOnlyList<V1NodeSelectorTerm>? terms, FieldPath at, Action<string> warn)
    {
        for (var i = 0; i < terms?.Count; i++)
        {
            Term(terms[i], at.Index(i), warn);
        }
    }

    private static void Term(V1NodeSelectorTerm term, FieldPath at, Action<string> warn)
    {
        for (var i = 0; i < term.MatchExpressions.Count; i++)
        {
            var expression = term.MatchExpressions[i];
            if (Deprecated(expression.Key) is { } text)
            {
                warn($"{at.Child("matchExpressions").Index(i).Child("key")}: {expression.Key} is {text}");
            }
        }
    }
}
