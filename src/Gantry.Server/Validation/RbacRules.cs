using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Roles and bindings (<c>rbac.authorization.k8s.io</c>).</summary>
public static class RbacRules
{
    private const string Group = "rbac.authorization.k8s.io";

    /// <summary>A ClusterRole, which may be made of others.</summary>
    public static void ClusterRole(FieldErrors errors, V1ClusterRole role)
    {
        PolicyRules(errors, role.Rules, namespaced: false);
        if (role.AggregationRule is not { } aggregation)
        {
            return;
        }

        var at = FieldPath.Root("aggregationRule").Child("clusterRoleSelectors");
        if (aggregation.ClusterRoleSelectors.Count == 0)
        {
            errors.Required(at, "at least one clusterRoleSelector required if aggregationRule is non-nil");
        }

        for (var i = 0; i < aggregation.ClusterRoleSelectors.Count; i++)
        {
            var before = errors.Count;
            SelectorRules.Validate(errors, aggregation.ClusterRoleSelectors[i], at.Index(i));
            if (errors.Count > before)
            {
                errors.Invalid(at.Index(i), null, "invalid label selector.");
            }
        }
    }

    /// <summary>The rules of a role.</summary>
    public static void PolicyRules(FieldErrors errors, IReadOnlyList<V1PolicyRule> rules, bool namespaced)
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

    /// <summary>A binding, whose role stays.</summary>
    public static void Binding(FieldErrors errors, V1RoleRef role, IReadOnlyList<RbacV1Subject> subjects, bool namespaced, V1RoleRef? old)
    {
        var at = FieldPath.Root("roleRef");
        errors.OneOf(at.Child("apiGroup"), role.ApiGroup, Group);
        if (namespaced)
        {
            errors.OneOf(at.Child("kind"), role.Kind, "Role", "ClusterRole");
        }
        else
        {
            errors.OneOf(at.Child("kind"), role.Kind, "ClusterRole");
        }

        ReferenceRules.Segment(errors, role.Name, at.Child("name"));
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
                errors.OneOf(at.Child("apiGroup"), subject.ApiGroup, Group);
                break;
            default:
                errors.OneOf(at.Child("kind"), subject.Kind, "ServiceAccount", "User", "Group");
                break;
        }
    }
}
