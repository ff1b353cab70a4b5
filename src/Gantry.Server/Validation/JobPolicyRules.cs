using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>A job's policies: which failures count, and what is success enough.</summary>
internal static class JobPolicyRules
{
    private const int MaxRules = 20;
    private const int MaxExitCodes = 255;
    private const int MaxIndexesText = 64 * 1024;

    public static void Failure(FieldErrors errors, V1JobSpec spec, FieldPath at)
    {
        if (spec.PodFailurePolicy is not { } policy)
        {
            return;
        }

        if (policy.Rules.Count > MaxRules)
        {
            errors.TooMany(at.Child("rules"), policy.Rules.Count, MaxRules);
        }

        var names = spec.Template.Spec.Containers.Concat(spec.Template.Spec.InitContainers).Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < policy.Rules.Count; i++)
        {
            Rule(errors, policy.Rules[i], spec.BackoffLimitPerIndex is not null, names, at.Child("rules").Index(i));
        }
    }

    private static void Rule(FieldErrors errors, V1PodFailurePolicyRule rule, bool perIndex, HashSet<string> containers, FieldPath at)
    {
        switch (rule.Action)
        {
            case "":
                errors.Required(at.Child("action"), "valid values: [\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]");
                break;
            case "FailIndex":
                if (!perIndex)
                {
                    errors.Invalid(at.Child("action"), rule.Action, "requires the backoffLimitPerIndex to be set");
                }

                break;
            default:
                errors.OneOf(at.Child("action"), rule.Action, "Count", "FailIndex", "FailJob", "Ignore");
                break;
        }

        if (rule.OnExitCodes is { } codes)
        {
            ExitCodes(errors, codes, containers, at.Child("onExitCodes"));
        }

        if (rule.OnPodConditions.Count > 0)
        {
            Conditions(errors, rule.OnPodConditions, at.Child("onPodConditions"));
        }

        if (rule.OnExitCodes is not null && rule.OnPodConditions.Count > 0)
        {
            errors.WithoutValue(at, "specifying both OnExitCodes and OnPodConditions is not supported");
        }
        else if (rule.OnExitCodes is null && rule.OnPodConditions.Count == 0)
        {
            errors.WithoutValue(at, "specifying one of OnExitCodes and OnPodConditions is required");
        }
    }

    private static void Conditions(FieldErrors errors, IReadOnlyList<V1PodFailurePolicyOnPodConditionsPattern> patterns, FieldPath at)
    {
        if (patterns.Count > MaxRules)
        {
            errors.TooMany(at, patterns.Count, MaxRules);
        }

        for (var i = 0; i < patterns.Count; i++)
        {
            var (pattern, path) = (patterns[i], at.Index(i));
            errors.Invalid(path.Child("type"), pattern.Type, Rules.QualifiedName(pattern.Type));
            if (pattern.Status.Length == 0)
            {
                errors.Required(path.Child("status"), "valid values: [\"False\" \"True\" \"Unknown\"]");
            }
            else
            {
                errors.OneOf(path.Child("status"), pattern.Status, "False", "True", "Unknown");
            }
        }
    }

    private static void ExitCodes(FieldErrors errors, V1PodFailurePolicyOnExitCodesRequirement codes, HashSet<string> containers, FieldPath at)
    {
        if (codes.Operator.Length == 0)
        {
            errors.Required(at.Child("operator"), "valid values: [\"In\" \"NotIn\"]");
        }
        else
        {
            errors.OneOf(at.Child("operator"), codes.Operator, "In", "NotIn");
        }

        if (codes.ContainerName is { } name && !containers.Contains(name))
        {
            errors.Invalid(at.Child("containerName"), name, "must be one of the container or initContainer names in the pod template");
        }

        var values = at.Child("values");
        if (codes.Values.Count == 0)
        {
            errors.InvalidDump(values, "[]int32(nil)", "at least one value is required");
        }
        else if (codes.Values.Count > MaxExitCodes)
        {
            errors.TooMany(values, codes.Values.Count, MaxExitCodes);
        }

        var seen = new HashSet<int>();
        for (var i = 0; i < codes.Values.Count; i++)
        {
            if (codes.Operator == "In" && codes.Values[i] == 0)
            {
                errors.Invalid(values.Index(i), 0, "must not be 0 for the In operator");
            }

            if (!seen.Add(codes.Values[i]))
            {
                errors.Duplicate(values.Index(i), codes.Values[i]);
            }
        }

        if (codes.Values.Zip(codes.Values.Skip(1)).Any(p => p.First > p.Second))
        {
            errors.InvalidDump(values, $"[]int32{{{string.Join(", ", codes.Values)}}}", "must be ordered");
        }
    }

    public static void Success(FieldErrors errors, V1JobSpec spec, FieldPath at)
    {
        if (spec.SuccessPolicy is not { } policy)
        {
            return;
        }

        if (spec.CompletionMode != "Indexed")
        {
            errors.InvalidDump(at, GoDump.Of(policy), "requires indexed completion mode");
            return;
        }

        if (policy.Rules.Count == 0)
        {
            errors.Required(at.Child("rules"), "at least one rules must be specified when the successPolicy is specified");
        }

        if (policy.Rules.Count > MaxRules)
        {
            errors.TooMany(at.Child("rules"), policy.Rules.Count, MaxRules);
        }

        for (var i = 0; i < policy.Rules.Count; i++)
        {
            SuccessRule(errors, policy.Rules[i], spec.Completions ?? 0, at.Child("rules").Index(i));
        }
    }

    private static void SuccessRule(FieldErrors errors, V1SuccessPolicyRule rule, int completions, FieldPath at)
    {
        if (rule is { SucceededCount: null, SucceededIndexes: null })
        {
            errors.Required(at, "at least one of succeededCount or succeededIndexes must be specified");
        }

        var total = 0;
        if (rule.SucceededIndexes is { } indexes)
        {
            if (indexes.Length > MaxIndexesText)
            {
                errors.TooLong(at.Child("succeededIndexes"), MaxIndexesText);
            }

            if (JobIndexes.Parse(indexes, completions, out total) is { } error)
            {
                errors.Invalid(at.Child("succeededIndexes"), indexes, "error parsing succeededIndexes: " + error);
            }
        }

        if (rule.SucceededCount is not { } count)
        {
            return;
        }

        errors.NotNegative(at.Child("succeededCount"), (long)count);
        if (count > completions)
        {
            errors.Invalid(at.Child("succeededCount"), count, $"must be less than or equal to {completions} (the number of specified completions)");
        }

        if (rule.SucceededIndexes is not null && count > total)
        {
            errors.Invalid(at.Child("succeededCount"), count, $"must be less than or equal to {total} (the number of indexes in the specified succeededIndexes field)");
        }
    }
}
