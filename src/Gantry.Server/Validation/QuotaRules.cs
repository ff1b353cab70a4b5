using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>ResourceQuotas: what they limit, and of which objects.</summary>
internal static class QuotaRules
{
    private const string Unsupported = "unsupported scope";
    private const string NotOfResource = "unsupported scope applied to resource";

    private static readonly HashSet<string> OfPods = new(StringComparer.Ordinal)
    {
        "cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory", "pods",
    };

    public static void Quota(FieldErrors errors, V1ResourceQuota quota, V1ResourceQuota? old)
    {
        var (spec, at) = (quota.Spec, FieldPath.Root("spec"));
        Amounts(errors, spec.Hard, at.Child("hard"));
        Scopes(errors, spec, at.Child("scopes"));
        if (spec.ScopeSelector is { } selector)
        {
            Selector(errors, spec, selector, at.Child("scopeSelector").Child("matchExpressions"));
        }

        if (old is not null && !spec.Scopes.ToHashSet(StringComparer.Ordinal).SetEquals(old.Spec.Scopes))
        {
            errors.InvalidDump(at.Child("scopes"), Shown(spec), Rules.Immutable);
        }
    }

    public static void Status(FieldErrors errors, V1ResourceQuotaStatus status)
    {
        Amounts(errors, status.Hard, FieldPath.Root("status").Child("hard"));
        Amounts(errors, status.Used, FieldPath.Root("status").Child("used"));
    }

    private static void Amounts(FieldErrors errors, IReadOnlyDictionary<string, Quantity> amounts, FieldPath at)
    {
        foreach (var (name, value) in amounts)
        {
            ResourceRules.QuotaResourceName(errors, name, at.Key(name));
            ResourceRules.QuantityValue(errors, name, value, at.Key(name));
        }
    }

    private static string Shown(V1ResourceQuotaSpec spec) => GoDump.Texts("core.ResourceQuotaScope", spec.Scopes);

    private static bool IsKnown(string scope) =>
        scope is "Terminating" or "NotTerminating" or "BestEffort" or "NotBestEffort" or "PriorityClass" or "CrossNamespacePodAffinity";

    private static bool IsValidFor(string scope, string resource) => scope switch
    {
        "Terminating" or "NotTerminating" or "NotBestEffort" or "PriorityClass" or "CrossNamespacePodAffinity" => OfPods.Contains(resource),
        "BestEffort" => resource == "pods",
        _ => true,
    };

    private static void Scopes(FieldErrors errors, V1ResourceQuotaSpec spec, FieldPath at)
    {
        foreach (var scope in spec.Scopes)
        {
            if (!IsKnown(scope))
            {
                errors.InvalidDump(at, Shown(spec), Unsupported);
            }

            Applied(errors, scope, spec, () => errors.InvalidDump(at, Shown(spec), NotOfResource));
        }

        Conflicts(errors, spec, spec.Scopes, at);
    }

    private static void Applied(FieldErrors errors, string scope, V1ResourceQuotaSpec spec, Action refuse)
    {
        foreach (var resource in spec.Hard.Keys)
        {
            if (ResourceRules.IsStandardForQuota(resource) && !IsValidFor(scope, resource))
            {
                refuse();
            }
        }
    }

    private static void Conflicts(FieldErrors errors, V1ResourceQuotaSpec spec, IReadOnlyCollection<string> scopes, FieldPath at)
    {
        foreach (var (a, b) in (ReadOnlySpan<(string, string)>)[("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating")])
        {
            if (scopes.Contains(a) && scopes.Contains(b))
            {
                errors.InvalidDump(at, Shown(spec), "conflicting scopes");
            }
        }
    }

    // Kubernetes names the list here, not its items.
    private static void Selector(FieldErrors errors, V1ResourceQuotaSpec spec, V1ScopeSelector selector, FieldPath at)
    {
        foreach (var e in selector.MatchExpressions)
        {
            if (!IsKnown(e.ScopeName))
            {
                errors.Invalid(at.Child("scopeName"), e.ScopeName, Unsupported);
            }

            Applied(errors, e.ScopeName, spec, () => errors.InvalidDump(at, GoDump.Of(selector), NotOfResource));
            if (e.ScopeName is "BestEffort" or "NotBestEffort" or "Terminating" or "NotTerminating" or "CrossNamespacePodAffinity" && e.Operator != "Exists")
            {
                errors.Invalid(
                    at.Child("operator"), e.Operator,
                    "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity");
            }

            switch (e.Operator)
            {
                case "In" or "NotIn":
                    if (e.Values.Count == 0)
                    {
                        errors.Required(at.Child("values"), "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
                    }

                    break;
                case "Exists" or "DoesNotExist":
                    if (e.Values.Count > 0)
                    {
                        errors.InvalidDump(at.Child("values"), GoDump.Of(e.Values), "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector");
                    }

                    break;
                default:
                    errors.Invalid(at.Child("operator"), e.Operator, "not a valid selector operator");
                    break;
            }
        }

        Conflicts(errors, spec, [.. selector.MatchExpressions.Select(e => e.ScopeName)], at);
    }
}
