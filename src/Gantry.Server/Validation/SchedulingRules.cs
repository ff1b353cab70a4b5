using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Affinity, tolerations, topology spread: what the scheduler reads.</summary>
public static class SchedulingRules
{
    private const string NotPositive = "must be greater than zero";

    public static void Affinity(FieldErrors errors, V1Affinity? affinity, FieldPath at)
    {
        if (affinity?.NodeAffinity is { } node)
        {
            var path = at.Child("nodeAffinity");
            if (node.RequiredDuringSchedulingIgnoredDuringExecution is { } required)
            {
                NodeSelector(errors, required, path.Child("requiredDuringSchedulingIgnoredDuringExecution"));
            }

            for (var i = 0; i < node.PreferredDuringSchedulingIgnoredDuringExecution.Count; i++)
            {
                var (term, p) = (node.PreferredDuringSchedulingIgnoredDuringExecution[i], path.Child("preferredDuringSchedulingIgnoredDuringExecution").Index(i));
                Weight(errors, term.Weight, p.Child("weight"));
                NodeTerm(errors, term.Preference, p.Child("preference"));
            }
        }

        if (affinity?.PodAffinity is { } pod)
        {
            PodTerms(errors, pod.RequiredDuringSchedulingIgnoredDuringExecution, pod.PreferredDuringSchedulingIgnoredDuringExecution, at.Child("podAffinity"));
        }

        if (affinity?.PodAntiAffinity is { } anti)
        {
            PodTerms(errors, anti.RequiredDuringSchedulingIgnoredDuringExecution, anti.PreferredDuringSchedulingIgnoredDuringExecution, at.Child("podAntiAffinity"));
        }
    }

    private static void Weight(FieldErrors errors, int weight, FieldPath at)
    {
        if (weight is < 1 or > 100)
        {
            errors.Invalid(at, weight, "must be in the range 1-100");
        }
    }

    public static void NodeSelector(FieldErrors errors, V1NodeSelector selector, FieldPath at)
    {
        if (selector.NodeSelectorTerms.Count == 0)
        {
            errors.Required(at.Child("nodeSelectorTerms"), "must have at least one node selector term");
        }

        for (var i = 0; i < selector.NodeSelectorTerms.Count; i++)
        {
            NodeTerm(errors, selector.NodeSelectorTerms[i], at.Child("nodeSelectorTerms").Index(i));
        }
    }

    private static void NodeTerm(FieldErrors errors, V1NodeSelectorTerm term, FieldPath at)
    {
        for (var i = 0; i < term.MatchExpressions.Count; i++)
        {
            var (e, path) = (term.MatchExpressions[i], at.Child("matchExpressions").Index(i));
            Requirement(errors, e, path);
            errors.Invalid(path.Child("key"), e.Key, Rules.QualifiedName(e.Key));
        }

        for (var i = 0; i < term.MatchFields.Count; i++)
        {
            var (e, path) = (term.MatchFields[i], at.Child("matchFields").Index(i));
            if (e.Operator is not ("In" or "NotIn"))
            {
                errors.Invalid(path.Child("operator"), e.Operator, "not a valid selector operator");
            }
            else if (e.Values.Count != 1)
            {
                errors.Required(path.Child("values"), "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
            }

            if (e.Key != "metadata.name")
            {
                errors.Invalid(path.Child("key"), e.Key, "not a valid field selector key");
                continue;
            }

            for (var v = 0; v < e.Values.Count; v++)
            {
                errors.Invalid(path.Child("values").Index(v), e.Values[v], Rules.DnsSubdomain(e.Values[v]));
            }
        }
    }

    private static void Requirement(FieldErrors errors, V1NodeSelectorRequirement e, FieldPath at)
    {
        switch (e.Operator)
        {
            case "In" or "NotIn":
                if (e.Values.Count == 0)
                {
                    errors.Required(at.Child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
                }

                break;
            case "Exists" or "DoesNotExist":
                if (e.Values.Count > 0)
                {
                    errors.Forbidden(at.Child("values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                }

                break;
            case "Gt" or "Lt":
                if (e.Values.Count != 1)
                {
                    errors.Required(at.Child("values"), "must be specified single value when `operator` is 'Lt' or 'Gt'");
                }

                break;
            default:
                errors.Invalid(at.Child("operator"), e.Operator, "not a valid selector operator");
                break;
        }
    }

    private static void PodTerms(FieldErrors errors, IReadOnlyList<V1PodAffinityTerm> required, IReadOnlyList<V1WeightedPodAffinityTerm> preferred, FieldPath at)
    {
        for (var i = 0; i < required.Count; i++)
        {
            PodTerm(errors, required[i], at.Child("requiredDuringSchedulingIgnoredDuringExecution").Index(i));
        }

        for (var i = 0; i < preferred.Count; i++)
        {
            var path = at.Child("preferredDuringSchedulingIgnoredDuringExecution").Index(i);
            Weight(errors, preferred[i].Weight, path.Child("weight"));
            PodTerm(errors, preferred[i].PodAffinityTerm, path.Child("podAffinityTerm"));
        }
    }

    private static void PodTerm(FieldErrors errors, V1PodAffinityTerm term, FieldPath at)
    {
        SelectorRules.Validate(errors, term.LabelSelector, at.Child("labelSelector"));
        SelectorRules.Validate(errors, term.NamespaceSelector, at.Child("namespaceSelector"));
        for (var i = 0; i < term.Namespaces.Count; i++)
        {
            errors.Invalid(at.Child("namespace"), term.Namespaces[i], Rules.DnsLabel(term.Namespaces[i]));
        }

        LabelKeys(errors, term, at);
        if (term.TopologyKey.Length == 0)
        {
            errors.Required(at.Child("topologyKey"), "can not be empty");
        }

        errors.Invalid(at.Child("topologyKey"), term.TopologyKey, Rules.QualifiedName(term.TopologyKey));
    }

    // The server has put matchLabelKeys into the selector already; what is there twice was there before.
    private static void LabelKeys(FieldErrors errors, V1PodAffinityTerm term, FieldPath at)
    {
        foreach (var (keys, name) in new[] { (term.MatchLabelKeys, "matchLabelKeys"), (term.MismatchLabelKeys, "mismatchLabelKeys") })
        {
            if (keys.Count > 0 && term.LabelSelector is null)
            {
                errors.Forbidden(at.Child(name), "must not be specified when labelSelector is not set");
                continue;
            }

            for (var i = 0; i < keys.Count; i++)
            {
                errors.Invalid(at.Child(name).Index(i), keys[i], Rules.QualifiedName(keys[i]));
            }
        }

        if (term.LabelSelector is { } selector && term.MatchLabelKeys.Count > 0)
        {
            var seen = selector.MatchLabels.Keys.ToHashSet(StringComparer.Ordinal);
            foreach (var e in selector.MatchExpressions)
            {
                var index = term.MatchLabelKeys.ToList().LastIndexOf(e.Key);
                if (!seen.Add(e.Key) && index >= 0)
                {
                    errors.Invalid(at.Index(index), e.Key, "exists in both matchLabelKeys and labelSelector");
                }
            }
        }

        for (var i = 0; i < term.MatchLabelKeys.Count; i++)
        {
            if (term.MismatchLabelKeys.Contains(term.MatchLabelKeys[i]))
            {
                errors.Invalid(at.Child("matchLabelKeys").Index(i), term.MatchLabelKeys[i], "exists in both matchLabelKeys and mismatchLabelKeys");
            }
        }
    }

    public static void Tolerations(FieldErrors errors, IReadOnlyList<V1Toleration> tolerations, FieldPath at)
    {
        for (var i = 0; i < tolerations.Count; i++)
        {
            var (t, path) = (tolerations[i], at.Index(i));
            if (t.Key.Length > 0)
            {
                errors.Invalid(path.Child("key"), t.Key, Rules.QualifiedName(t.Key));
            }

            if (t.Key.Length == 0 && t.Operator != "Exists")
            {
                errors.Invalid(path.Child("operator"), t.Operator, "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
            }

            if (t.TolerationSeconds is not null && t.Effect != "NoExecute")
            {
                errors.Invalid(path.Child("effect"), t.Effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
            }

            switch (t.Operator)
            {
                case "Equal" or "":
                    OneError(errors, path.Child("operator"), t.Value, Rules.LabelValue(t.Value));
                    break;
                case "Exists":
                    if (t.Value.Length > 0)
                    {
                        errors.Invalid(path.Child("operator"), t.Value, "value must be empty when `operator` is 'Exists'");
                    }

                    break;
                default:
                    errors.OneOf(path.Child("operator"), t.Operator, "Equal", "Exists");
                    break;
            }

            if (t.Effect.Length > 0)
            {
                errors.OneOf(path.Child("effect"), t.Effect, "NoSchedule", "PreferNoSchedule", "NoExecute");
            }
        }
    }

    public static void TopologySpread(FieldErrors errors, IReadOnlyList<V1TopologySpreadConstraint> constraints, FieldPath at)
    {
        for (var i = 0; i < constraints.Count; i++)
        {
            var (c, path) = (constraints[i], at.Index(i));
            if (c.MaxSkew <= 0)
            {
                errors.Invalid(path.Child("maxSkew"), c.MaxSkew, NotPositive);
            }

            if (c.TopologyKey.Length == 0)
            {
                errors.Required(path.Child("topologyKey"), "can not be empty");
            }

            errors.OneOf(path.Child("whenUnsatisfiable"), c.WhenUnsatisfiable, "DoNotSchedule", "ScheduleAnyway");
            if (constraints.Skip(i + 1).Any(o => o.TopologyKey == c.TopologyKey && o.WhenUnsatisfiable == c.WhenUnsatisfiable))
            {
                errors.Duplicate(path.Child("{topologyKey, whenUnsatisfiable}"), $"{{{c.TopologyKey}, {c.WhenUnsatisfiable}}}");
            }

            MinDomains(errors, c, path.Child("minDomains"));
            foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)[("nodeAffinityPolicy", c.NodeAffinityPolicy), ("nodeTaintsPolicy", c.NodeTaintsPolicy)])
            {
                if (value is not null)
                {
                    errors.OneOf(path.Child(name), value, "Honor", "Ignore");
                }
            }

            SpreadKeys(errors, c, path.Child("matchLabelKeys"));
            SelectorRules.Validate(errors, c.LabelSelector, path.Child("labelSelector"));
        }
    }

    private static void MinDomains(FieldErrors errors, V1TopologySpreadConstraint c, FieldPath at)
    {
        if (c.MinDomains is not { } min)
        {
            return;
        }

        if (min <= 0)
        {
            errors.Invalid(at, min, NotPositive);
        }

        if (c.WhenUnsatisfiable != "DoNotSchedule")
        {
            errors.Invalid(at, min, $"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {c.WhenUnsatisfiable}");
        }
    }

    private static void SpreadKeys(FieldErrors errors, V1TopologySpreadConstraint c, FieldPath at)
    {
        if (c.MatchLabelKeys.Count > 0 && c.LabelSelector is null)
        {
            errors.Forbidden(at, "must not be specified when labelSelector is not set");
        }

        for (var i = 0; i < c.MatchLabelKeys.Count; i++)
        {
            var key = c.MatchLabelKeys[i];
            errors.Invalid(at.Index(i), key, Rules.QualifiedName(key));
            if (c.LabelSelector is { } selector && (selector.MatchLabels.ContainsKey(key) || selector.MatchExpressions.Any(e => e.Key == key)))
            {
                errors.Invalid(at.Index(i), key, "exists in both matchLabelKeys and labelSelector");
            }
        }
    }

    // Several messages of one value become one error here.
    private static void OneError(FieldErrors errors, FieldPath at, string value, IEnumerable<string> messages)
    {
        if (string.Join(';', messages) is { Length: > 0 } text)
        {
            errors.Invalid(at, value, text);
        }
    }

    public static void Taints(FieldErrors errors, IReadOnlyList<V1Taint> taints, FieldPath at)
    {
        var seen = new HashSet<(string, string)>();
        for (var i = 0; i < taints.Count; i++)
        {
            var (t, path) = (taints[i], at.Index(i));
            errors.Invalid(path.Child("key"), t.Key, Rules.QualifiedName(t.Key));
            OneError(errors, path.Child("value"), t.Value, Rules.LabelValue(t.Value));
            errors.RequiredOneOf(path.Child("effect"), t.Effect, "NoSchedule", "PreferNoSchedule", "NoExecute");
            if (!seen.Add((t.Key, t.Effect)))
            {
                errors.DuplicateDump(path, GoDump.Of(t), "taints must be unique by key and effect pair");
            }
        }
    }
}
