using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Disruption budgets, roles, autoscalers.</summary>
public static class PolicyRules
{
    private const string RbacGroup = "rbac.authorization.k8s.io";

    public static void PodDisruptionBudget(FieldErrors errors, V1PodDisruptionBudget budget)
    {
        var (spec, at) = (budget.Spec, FieldPath.Root("spec"));
        if (spec.MinAvailable is not null && spec.MaxUnavailable is not null)
        {
            errors.InvalidDump(at, GoDump.Of(spec), "minAvailable and maxUnavailable cannot be both set");
        }

        AppsRules.PositiveIntOrPercent(errors, spec.MinAvailable, at.Child("minAvailable"));
        AppsRules.NotMoreThanAll(errors, spec.MinAvailable, at.Child("minAvailable"));
        AppsRules.PositiveIntOrPercent(errors, spec.MaxUnavailable, at.Child("maxUnavailable"));
        AppsRules.NotMoreThanAll(errors, spec.MaxUnavailable, at.Child("maxUnavailable"));
        SelectorRules.Validate(errors, spec.Selector, at.Child("selector"));
        if (spec.UnhealthyPodEvictionPolicy is { } policy)
        {
            errors.OneOf(at.Child("unhealthyPodEvictionPolicy"), policy, "AlwaysAllow", "IfHealthyBudget");
        }
    }

    public static void PolicyRulesOf(FieldErrors errors, IReadOnlyList<V1PolicyRule> rules, bool namespaced)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            var (rule, at) = (rules[i], FieldPath.Root("rules").Index(i));
            if (rule.Verbs.Count == 0)
            {
                errors.Required(at.Child("verbs"), "verbs must contain at least one value");
            }

            if (rule.NonResourceURLs.Count > 0)
            {
                if (namespaced)
                {
                    errors.InvalidDump(at.Child("nonResourceURLs"), GoDump.Of(rule.NonResourceURLs), "namespaced rules cannot apply to non-resource URLs");
                }

                if (rule.ApiGroups.Count > 0 || rule.Resources.Count > 0 || rule.ResourceNames.Count > 0)
                {
                    errors.InvalidDump(at.Child("nonResourceURLs"), GoDump.Of(rule.NonResourceURLs), "rules cannot apply to both regular resources and non-resource URLs");
                }

                continue;
            }

            if (rule.ApiGroups.Count == 0)
            {
                errors.Required(at.Child("apiGroups"), "resource rules must supply at least one api group");
            }

            if (rule.Resources.Count == 0)
            {
                errors.Required(at.Child("resources"), "resource rules must supply at least one resource");
            }
        }
    }

    public static void Binding(FieldErrors errors, V1RoleRef role, IReadOnlyList<RbacV1Subject> subjects, bool namespaced, V1RoleRef? old)
    {
        var at = FieldPath.Root("roleRef");
        errors.OneOf(at.Child("apiGroup"), role.ApiGroup, RbacGroup);
        if (namespaced)
        {
            errors.OneOf(at.Child("kind"), role.Kind, "Role", "ClusterRole");
        }
        else
        {
            errors.OneOf(at.Child("kind"), role.Kind, "ClusterRole");
        }

        if (role.Name.Length == 0)
        {
            errors.Required(at.Child("name"));
        }
        else
        {
            errors.Invalid(at.Child("name"), role.Name, Rules.PathSegment(role.Name));
        }

        for (var i = 0; i < subjects.Count; i++)
        {
            Subject(errors, subjects[i], namespaced, FieldPath.Root("subjects").Index(i));
        }

        if (old is not null && !role.Equals(old))
        {
            errors.InvalidDump(at, GoDump.Of(role), "cannot change roleRef");
        }
    }

    private static void Subject(FieldErrors errors, RbacV1Subject subject, bool namespaced, FieldPath at)
    {
        if (subject.Name.Length == 0)
        {
            errors.Required(at.Child("name"));
        }

        switch (subject.Kind)
        {
            case "ServiceAccount":
                if (subject.Name.Length > 0)
                {
                    errors.Invalid(at.Child("name"), subject.Name, Rules.DnsSubdomain(subject.Name));
                }

                if (subject.ApiGroup.Length > 0)
                {
                    errors.OneOf(at.Child("apiGroup"), subject.ApiGroup, "");
                }

                if (!namespaced && subject.Namespace.Length == 0)
                {
                    errors.Required(at.Child("namespace"));
                }

                break;
            case "User" or "Group":
                errors.OneOf(at.Child("apiGroup"), subject.ApiGroup, RbacGroup);
                break;
            default:
                errors.OneOf(at.Child("kind"), subject.Kind, "ServiceAccount", "User", "Group");
                break;
        }
    }

    public static void Autoscaler(FieldErrors errors, int? min, int max, string targetKind, string targetName)
    {
        var at = FieldPath.Root("spec");
        if (min is < 1)
        {
            errors.Invalid(at.Child("minReplicas"), min, "must be greater than or equal to 1");
        }

        if (max < 1)
        {
            errors.Invalid(at.Child("maxReplicas"), max, "must be greater than 0");
        }

        if (min > max)
        {
            errors.Invalid(at.Child("maxReplicas"), max, "must be greater than or equal to `minReplicas`");
        }

        var target = at.Child("scaleTargetRef");
        foreach (var (name, value) in new[] { ("kind", targetKind), ("name", targetName) })
        {
            if (value.Length == 0)
            {
                errors.Required(target.Child(name));
            }
            else
            {
                errors.Invalid(target.Child(name), value, Rules.PathSegment(value));
            }
        }
    }
}
