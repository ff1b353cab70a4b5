using Gantry.Api.Models;
using Gantry.Server.Authorization.Rbac;

namespace Gantry.Server.Bootstrap;

/// <summary>
/// Brings roles and bindings of an older version up to what the server expects: what is missing is added, what was added by hand stays.
/// An object whose autoupdate annotation says <c>false</c> is left alone.
/// </summary>
public static class RoleReconciliation
{
    /// <summary>The role with the rules and marks it lacks, or null when it lacks none.</summary>
    public static V1ClusterRole? Update(V1ClusterRole stored, V1ClusterRole expected)
    {
        if (IsProtected(stored.Metadata))
        {
            return null;
        }

        // The rules of an aggregate are the aggregator's.
        var missing = expected.AggregationRule is null ? MissingRules(stored.Rules, expected.Rules) : [];
        var aggregation = MissingSelectors(stored.AggregationRule, expected.AggregationRule);
        var metadata = Marked(stored.Metadata, expected.Metadata);
        return missing.Count == 0 && aggregation is null && metadata is null ? null : stored with
        {
            Metadata = metadata ?? stored.Metadata,
            Rules = [.. stored.Rules, .. missing],
            AggregationRule = aggregation ?? stored.AggregationRule,
        };
    }

    /// <inheritdoc cref="Update(V1ClusterRole, V1ClusterRole)"/>
    public static V1Role? Update(V1Role stored, V1Role expected)
    {
        if (IsProtected(stored.Metadata))
        {
            return null;
        }

        var missing = MissingRules(stored.Rules, expected.Rules);
        var metadata = Marked(stored.Metadata, expected.Metadata);
        return missing.Count == 0 && metadata is null ? null
            : stored with { Metadata = metadata ?? stored.Metadata, Rules = [.. stored.Rules, .. missing] };
    }

    /// <summary>The binding with the subjects and marks it lacks, or null when it lacks none. The role it names is not looked at: it cannot be changed.</summary>
    public static V1ClusterRoleBinding? Update(V1ClusterRoleBinding stored, V1ClusterRoleBinding expected)
    {
        if (IsProtected(stored.Metadata))
        {
            return null;
        }

        var missing = MissingSubjects(stored.Subjects, expected.Subjects);
        var metadata = Marked(stored.Metadata, expected.Metadata);
        return missing.Count == 0 && metadata is null ? null
            : stored with { Metadata = metadata ?? stored.Metadata, Subjects = [.. stored.Subjects, .. missing] };
    }

    /// <inheritdoc cref="Update(V1ClusterRoleBinding, V1ClusterRoleBinding)"/>
    public static V1RoleBinding? Update(V1RoleBinding stored, V1RoleBinding expected)
    {
        if (IsProtected(stored.Metadata))
        {
            return null;
        }

        var missing = MissingSubjects(stored.Subjects, expected.Subjects);
        var metadata = Marked(stored.Metadata, expected.Metadata);
        return missing.Count == 0 && metadata is null ? null
            : stored with { Metadata = metadata ?? stored.Metadata, Subjects = [.. stored.Subjects, .. missing] };
    }

    /// <summary>Whether a binding that exists names another role than expected: it is then made anew, unless protected.</summary>
    public static bool MustReplace(V1ObjectMeta metadata, V1RoleRef stored, V1RoleRef expected) =>
        !IsProtected(metadata) && !(stored.Kind == expected.Kind && stored.Name == expected.Name);

    private static bool IsProtected(V1ObjectMeta metadata) => metadata.Annotations.GetValueOrDefault(BootstrapRoles.AutoUpdate) == "false";

    private static List<V1PolicyRule> MissingRules(IReadOnlyList<V1PolicyRule> stored, IReadOnlyList<V1PolicyRule> expected)
    {
        var held = stored.Select(Rule).ToList();
        // Nearly always the stored rules are the expected ones, so equal rules are recognised before rules are taken apart.
        var unknown = expected.Where(e => !held.Contains(Rule(e))).ToList();
        return [.. Escalation.Compact(Escalation.Missing(held, [.. unknown.Select(Rule)])).Select(Model)];
    }

    private static V1AggregationRule? MissingSelectors(V1AggregationRule? stored, V1AggregationRule? expected)
    {
        IReadOnlyList<V1LabelSelector> held = stored?.ClusterRoleSelectors ?? [];
        var missing = (expected?.ClusterRoleSelectors ?? []).Where(e => !held.Contains(e)).ToList();
        return missing.Count == 0 ? null : new V1AggregationRule { ClusterRoleSelectors = [.. held, .. missing] };
    }

    private static List<RbacV1Subject> MissingSubjects(IReadOnlyList<RbacV1Subject> stored, IReadOnlyList<RbacV1Subject> expected) =>
        [.. expected.Where(e => !stored.Contains(e))];

    /// <summary>The metadata with the labels and annotations it lacks, or null when it lacks none. Values that somebody changed stay.</summary>
    private static V1ObjectMeta? Marked(V1ObjectMeta stored, V1ObjectMeta expected)
    {
        var labels = Merged(stored.Labels, expected.Labels);
        var annotations = Merged(stored.Annotations, expected.Annotations);
        return labels is null && annotations is null ? null
            : stored with { Labels = labels ?? stored.Labels, Annotations = annotations ?? stored.Annotations };
    }

    private static Dictionary<string, string>? Merged(IReadOnlyDictionary<string, string> stored, IReadOnlyDictionary<string, string> expected)
    {
        if (expected.All(e => stored.ContainsKey(e.Key)))
        {
            return null;
        }

        var merged = new Dictionary<string, string>(stored, StringComparer.Ordinal);
        foreach (var (key, value) in expected)
        {
            merged.TryAdd(key, value);
        }

        return merged;
    }

    internal static PolicyRule Rule(V1PolicyRule rule) => new()
    {
        Verbs = rule.Verbs,
        Groups = rule.ApiGroups,
        Resources = rule.Resources,
        Names = rule.ResourceNames,
        Urls = rule.NonResourceURLs,
    };

    private static V1PolicyRule Model(PolicyRule rule) => new()
    {
        Verbs = rule.Verbs,
        ApiGroups = rule.Groups,
        Resources = rule.Resources,
        ResourceNames = rule.Names,
        NonResourceURLs = rule.Urls,
    };
}
