using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>What webhooks and admission policies are asked about: operations on resources, and conditions on requests.</summary>
internal static class OperationRules
{
    private const int MostConditions = 64;

    public static void FailurePolicy(FieldErrors errors, string? policy, FieldPath at)
    {
        if (policy is not null)
        {
            errors.OneOf(at, policy, "Fail", "Ignore");
        }
    }

    public static void MatchPolicy(FieldErrors errors, string? policy, FieldPath at)
    {
        if (policy is not null)
        {
            errors.OneOf(at, policy, "Equivalent", "Exact");
        }
    }

    public static void Rule(
        FieldErrors errors, IReadOnlyList<string> operations, IReadOnlyList<string> groups, IReadOnlyList<string> versions, IReadOnlyList<string> resources, string? scope, FieldPath at)
    {
        StarAlone(errors, operations, "admissionregistration.OperationType", "operations", at.Child("operations"));
        for (var i = 0; i < operations.Count; i++)
        {
            errors.OneOf(at.Child("operations").Index(i), operations[i], "*", "CONNECT", "CREATE", "DELETE", "UPDATE");
        }

        StarAlone(errors, groups, "string", "API groups", at.Child("apiGroups"));
        StarAlone(errors, versions, "string", "API versions", at.Child("apiVersions"));
        for (var i = 0; i < versions.Count; i++)
        {
            if (versions[i].Length == 0)
            {
                errors.Required(at.Child("apiVersions").Index(i));
            }
        }

        Resources(errors, resources, at.Child("resources"));
        if (scope is not null)
        {
            errors.OneOf(at.Child("scope"), scope, "*", "Cluster", "Namespaced");
        }
    }

    private static void StarAlone(FieldErrors errors, IReadOnlyList<string> list, string type, string what, FieldPath at)
    {
        if (list.Count == 0)
        {
            errors.Required(at);
        }
        else if (list.Count > 1 && list.Contains("*", StringComparer.Ordinal))
        {
            errors.InvalidDump(at, GoDump.Texts(type, list), $"if '*' is present, must not specify other {what}");
        }
    }

    // Resources and subresources, each of which a star may stand for; what a star covers is not to be named beside it.
    private static void Resources(FieldErrors errors, IReadOnlyList<string> resources, FieldPath at)
    {
        if (resources.Count == 0)
        {
            errors.Required(at);
        }

        var (allSubresources, allResources) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        var isLastPlain = false;
        for (var i = 0; i < resources.Count; i++)
        {
            var named = resources[i];
            if (named.Length == 0)
            {
                errors.Required(at.Index(i));
                continue;
            }

            if (named.Split('/', 2) is not [var resource, var subresource])
            {
                isLastPlain = named != "*";
                continue;
            }

            if (allSubresources.Contains(resource))
            {
                errors.Invalid(at.Index(i), named, $"if '{resource}/*' is present, must not specify {named}");
            }

            if (allResources.Contains(subresource))
            {
                errors.Invalid(at.Index(i), named, $"if '*/{subresource}' is present, must not specify {named}");
            }

            if (subresource == "*")
            {
                allSubresources.Add(resource);
            }

            if (resource == "*")
            {
                allResources.Add(subresource);
            }
        }

        if (resources.Count > 1 && resources.Contains("*/*", StringComparer.Ordinal))
        {
            errors.InvalidDump(at, GoDump.Texts("string", resources), "if '*/*' is present, must not specify other resources");
        }

        if (isLastPlain && resources.Contains("*", StringComparer.Ordinal))
        {
            errors.InvalidDump(at, GoDump.Texts("string", resources), "if '*' is present, must not specify other resources without subresources");
        }
    }

    internal static void MatchConditions(FieldErrors errors, IReadOnlyList<V1MatchCondition> conditions, ExpressionRules expressions, FieldPath at)
    {
        if (conditions.Count > MostConditions)
        {
            errors.TooMany(at, conditions.Count, MostConditions);
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < conditions.Count; i++)
        {
            var (condition, path) = (conditions[i], at.Index(i));
            if (string.IsNullOrWhiteSpace(condition.Expression))
            {
                errors.Required(path.Child("expression"));
            }
            else
            {
                expressions.Condition(errors, condition.Expression, path.Child("expression"));
            }

            if (condition.Name.Length == 0)
            {
                errors.Required(path.Child("name"));
                continue;
            }

            errors.Invalid(path.Child("name"), condition.Name, Rules.QualifiedName(condition.Name));
            if (!names.Add(condition.Name))
            {
                errors.Duplicate(path.Child("name"), condition.Name);
            }
        }
    }
}
