using Gantry.Api.Models;
using Gantry.Server.Bootstrap;

namespace Gantry.Server.Validation;

/// <summary>Flow schemas (<c>flowcontrol.apiserver.k8s.io</c>).</summary>
public static class FlowSchemaRules
{
    private const string Exempt = "exempt";
    private const int HighestPrecedence = 10000;

    private static readonly string[] Verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"];

    /// <summary>A schema, or its status. The schemas without which a server cannot be ruled stay as they are.</summary>
    public static void FlowSchema(FieldErrors errors, V1FlowSchema schema, string subresource)
    {
        var types = schema.Status.Conditions.Select(c => c.Type);
        if (subresource == "status")
        {
            ConditionTypes(errors, types);
            return;
        }

        var (spec, at) = (schema.Spec, FieldPath.Root("spec"));
        var name = schema.Metadata.Name;
        Precedence(errors, spec.MatchingPrecedence, name, at.Child("matchingPrecedence"));
        if (spec.DistinguisherMethod is { Type: not ("ByNamespace" or "ByUser") } method)
        {
            errors.Add(Statuses.FieldError.NotSupported(at.Child("distinguisherMethod").Child("type").ToString(), null, ["ByNamespace", "ByUser"])
                with { Value = $"flowcontrol.FlowDistinguisherMethod{{Type:\"{method.Type}\"}}" });
        }

        var level = spec.PriorityLevelConfiguration.Name;
        if (level.Length > 0)
        {
            errors.Invalid(at.Child("priorityLevelConfiguration").Child("name"), level, Rules.DnsSubdomain(level));
        }
        else
        {
            errors.Required(at.Child("priorityLevelConfiguration").Child("name"), "must reference a priority level");
        }

        for (var i = 0; i < spec.Rules.Count; i++)
        {
            Rule(errors, spec.Rules[i], at.Child("rules").Index(i));
        }

        if (MandatoryFlows.Schema(name) is { } fixedValue && !spec.Equals(fixedValue))
        {
            errors.InvalidDump(at, GoDump.Of(schema.Spec), $"spec of '{name}' must equal the fixed value");
        }

        ConditionTypes(errors, types);
    }

    private static void Precedence(FieldErrors errors, int precedence, string name, FieldPath at)
    {
        if (precedence <= 0)
        {
            errors.Invalid(at, precedence, "must be a positive value");
        }

        if (precedence > HighestPrecedence)
        {
            errors.Invalid(at, precedence, "must not be greater than 10000");
        }

        if (precedence == 1 && name != Exempt)
        {
            errors.Invalid(at, precedence, "only the schema named 'exempt' may have matchingPrecedence 1");
        }
    }

    internal static void ConditionTypes(FieldErrors errors, IEnumerable<string> types)
    {
        var (seen, at, i) = (new HashSet<string>(StringComparer.Ordinal), FieldPath.Root("status").Child("conditions"), 0);
        foreach (var type in types)
        {
            var path = at.Index(i++).Child("type");
            if (!seen.Add(type))
            {
                errors.Duplicate(path, type);
            }

            if (type.Length == 0)
            {
                errors.Required(path, "must not be empty");
            }
        }
    }

    private static void Rule(FieldErrors errors, V1PolicyRulesWithSubjects rule, FieldPath at)
    {
        if (rule.Subjects.Count == 0)
        {
            errors.Required(at.Child("subjects"), "subjects must contain at least one value");
        }

        for (var i = 0; i < rule.Subjects.Count; i++)
        {
            FlowSubjectRules.Subject(errors, rule.Subjects[i], at.Child("subjects").Index(i));
        }

        if (rule.ResourceRules.Count == 0 && rule.NonResourceRules.Count == 0)
        {
            errors.Required(at, "at least one of resourceRules and nonResourceRules has to be non-empty");
        }

        for (var i = 0; i < rule.ResourceRules.Count; i++)
        {
            Resources(errors, rule.ResourceRules[i], at.Child("resourceRules").Index(i));
        }

        for (var i = 0; i < rule.NonResourceRules.Count; i++)
        {
            var (urls, path) = (rule.NonResourceRules[i], at.Child("nonResourceRules").Index(i));
            VerbsOf(errors, urls.Verbs, path.Child("verbs"));
            Urls(errors, urls.NonResourceURLs, path.Child("nonResourceURLs"));
        }
    }

    private static void Resources(FieldErrors errors, V1ResourcePolicyRule rule, FieldPath at)
    {
        VerbsOf(errors, rule.Verbs, at.Child("verbs"));
        Named(errors, rule.ApiGroups, at.Child("apiGroups"), "resource rules must supply at least one api group", "api groups");
        Named(errors, rule.Resources, at.Child("resources"), "resource rules must supply at least one resource", "resources");
        var path = at.Child("namespaces");
        if (rule.Namespaces.Count == 0 && !rule.ClusterScope)
        {
            errors.Required(path, "resource rules that are not cluster scoped must supply at least one namespace");
        }
        else if (rule.Namespaces.Contains("*", StringComparer.Ordinal))
        {
            Alone(errors, rule.Namespaces, path, "namespaces");
        }
        else
        {
            for (var i = 0; i < rule.Namespaces.Count; i++)
            {
                errors.Invalid(path.Index(i), rule.Namespaces[i], Rules.DnsLabel(rule.Namespaces[i]).Select(m => "each member of this list must be '*' or a DNS-1123 label; " + m));
            }
        }
    }

    private static void VerbsOf(FieldErrors errors, IReadOnlyList<string> verbs, FieldPath at)
    {
        if (verbs.Count == 0)
        {
            errors.Required(at, "verbs must contain at least one value");
        }
        else if (verbs.Contains("*", StringComparer.Ordinal))
        {
            Alone(errors, verbs, at, "verbs");
        }
        else if (verbs.Except(Verbs, StringComparer.Ordinal).Any())
        {
            errors.Add(Statuses.FieldError.NotSupported(at.ToString(), null, Verbs) with { Value = GoDump.Texts("string", verbs) });
        }
    }

    private static void Named(FieldErrors errors, IReadOnlyList<string> names, FieldPath at, string missing, string what)
    {
        if (names.Count == 0)
        {
            errors.Required(at, missing);
        }
        else if (names.Contains("*", StringComparer.Ordinal))
        {
            Alone(errors, names, at, what);
        }
    }

    // The star says all there is to say.
    private static void Alone(FieldErrors errors, IReadOnlyList<string> names, FieldPath at, string what)
    {
        if (names.Count > 1)
        {
            errors.InvalidDump(at, GoDump.Texts("string", names), $"if '*' is present, must not specify other {what}");
        }
    }

    private static void Urls(FieldErrors errors, IReadOnlyList<string> urls, FieldPath at)
    {
        if (urls.Count == 0)
        {
            errors.Required(at, "nonResourceURLs must contain at least one value");
        }
        else if (urls.Contains("*", StringComparer.Ordinal))
        {
            Alone(errors, urls, at, "non-resource URLs");
        }
        else
        {
            for (var i = 0; i < urls.Count; i++)
            {
                if (UrlFault(urls[i]) is { } fault)
                {
                    errors.Invalid(at.Index(i), urls[i], fault);
                }
            }
        }
    }

    private static string? UrlFault(string path) => path.Length == 0 ? "must not be empty"
        : path == "/" ? null
        : path[0] != '/' ? "must start with slash"
        : path.Contains(' ', StringComparison.Ordinal) ? "must not contain white-space"
        : path.Contains("//", StringComparison.Ordinal) ? "must not contain double slash"
        : path.Count(c => c == '*') is > 1 || path.Contains('*', StringComparison.Ordinal) && !path.EndsWith("/*", StringComparison.Ordinal) ? "wildcard can only do suffix matching"
        : null;
}
