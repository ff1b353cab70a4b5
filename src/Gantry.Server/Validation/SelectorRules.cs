using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Label selectors, and whether they match.</summary>
public static class SelectorRules
{
    public static void Validate(FieldErrors errors, V1LabelSelector? selector, FieldPath at)
    {
        if (selector is null)
        {
            return;
        }

        MetadataRules.Labels(errors, selector.MatchLabels, at.Child("matchLabels"));
        for (var i = 0; i < selector.MatchExpressions.Count; i++)
        {
            var (e, path) = (selector.MatchExpressions[i], at.Child("matchExpressions").Index(i));
            switch (e.Operator)
            {
                case "In" or "NotIn":
                    if (e.Values.Count == 0)
                    {
                        errors.Required(path.Child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
                    }

                    break;
                case "Exists" or "DoesNotExist":
                    if (e.Values.Count > 0)
                    {
                        errors.Forbidden(path.Child("values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                    }

                    break;
                default:
                    errors.Invalid(path.Child("operator"), e.Operator, "not a valid selector operator");
                    break;
            }

            errors.Invalid(path.Child("key"), e.Key, Rules.QualifiedName(e.Key));
            for (var v = 0; v < e.Values.Count; v++)
            {
                errors.Invalid(path.Child("values").Index(v), e.Values[v], Rules.LabelValue(e.Values[v]));
            }
        }
    }

    public static bool IsEmpty(V1LabelSelector selector) => selector.MatchLabels.Count == 0 && selector.MatchExpressions.Count == 0;

    public static bool Matches(V1LabelSelector selector, IReadOnlyDictionary<string, string> labels) =>
        selector.MatchLabels.All(p => labels.TryGetValue(p.Key, out var v) && v == p.Value) &&
        selector.MatchExpressions.All(e => e.Operator switch
        {
            "In" => labels.TryGetValue(e.Key, out var v) && e.Values.Contains(v),
            "NotIn" => !labels.TryGetValue(e.Key, out var v) || !e.Values.Contains(v),
            "Exists" => labels.ContainsKey(e.Key),
            "DoesNotExist" => !labels.ContainsKey(e.Key),
            _ => false,
        });

    /// <summary>A workload's selector: required, not empty, and selecting its own template.</summary>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="selector">The selector; null where there is none.</param>
    /// <param name="templateLabels">The labels of the pods that the workload makes.</param>
    /// <param name="spec">Where the workload's spec is.</param>
    /// <param name="kind">How a message calls the kind.</param>
    /// <param name="wrong">What is said of a selector that cannot be read.</param>
    /// <returns>Whether the selector can be read: the template is looked at only then.</returns>
    public static bool ValidateWorkload(
        FieldErrors errors, V1LabelSelector? selector, IReadOnlyDictionary<string, string> templateLabels, FieldPath spec, string kind = "deployment", string wrong = "invalid label selector")
    {
        var at = spec.Child("selector");
        if (selector is null)
        {
            errors.Required(at);
            Mismatch(errors, templateLabels, spec);
            return true;
        }

        var before = errors.Count;
        Validate(errors, selector, at);
        var readable = errors.Count == before;
        if (IsEmpty(selector))
        {
            errors.InvalidDump(at, GoDump.Of(selector), "empty selector is invalid for " + kind);
        }

        if (!readable)
        {
            errors.InvalidDump(at, GoDump.Of(selector), wrong);
            return false;
        }

        if (!IsEmpty(selector) && !Matches(selector, templateLabels))
        {
            Mismatch(errors, templateLabels, spec);
        }

        return true;
    }

    /// <summary>The error of a selector that does not select its own template.</summary>
    public static void Mismatch(FieldErrors errors, IReadOnlyDictionary<string, string> templateLabels, FieldPath spec) =>
        errors.InvalidDump(spec.Child("template").Child("metadata").Child("labels"), GoDump.Map(templateLabels), "`selector` does not match template `labels`");
}
