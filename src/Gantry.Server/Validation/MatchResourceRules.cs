using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Which requests an admission policy or its binding is about, and how bindings apply policies (<c>admissionregistration.k8s.io</c>).</summary>
public static class MatchResourceRules
{
    internal static void Resources(FieldErrors errors, V1MatchResources match, FieldPath at)
    {
        if (match.MatchPolicy is null)
        {
            errors.Required(at.Child("matchPolicy"));
        }

        OperationRules.MatchPolicy(errors, match.MatchPolicy, at.Child("matchPolicy"));
        Selector(errors, match.NamespaceSelector, at.Child("namespaceSelector"));
        Selector(errors, match.ObjectSelector, at.Child("objectSelector"));
        Named(errors, match.ResourceRules, at.Child("resourceRules"));
        Named(errors, match.ExcludeResourceRules, at.Child("excludeResourceRules"));
    }

    private static void Selector(FieldErrors errors, V1LabelSelector? selector, FieldPath at)
    {
        if (selector is null)
        {
            errors.Required(at);
        }

        SelectorRules.Validate(errors, selector, at);
    }

    private static void Named(FieldErrors errors, IReadOnlyList<V1NamedRuleWithOperations> rules, FieldPath at)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            var (rule, path) = (rules[i], at.Index(i));
            var names = new HashSet<string>(StringComparer.Ordinal);
            for (var n = 0; n < rule.ResourceNames.Count; n++)
            {
                var name = rule.ResourceNames[n];
                errors.Invalid(path.Child("resourceNames").Index(n), name, Rules.PathSegment(name));
                if (!names.Add(name))
                {
                    errors.Duplicate(path.Child("resourceNames").Index(n), name);
                }
            }

            OperationRules.Rule(errors, rule.Operations, rule.ApiGroups, rule.ApiVersions, rule.Resources, rule.Scope, path);
        }
    }

    public static void Binding(FieldErrors errors, V1ValidatingAdmissionPolicyBinding binding)
    {
        var (spec, at) = (binding.Spec, FieldPath.Root("spec"));
        if (spec.PolicyName.Length == 0)
        {
            errors.Required(at.Child("policyName"));
        }
        else
        {
            errors.Invalid(at.Child("policyName"), spec.PolicyName, Rules.DnsSubdomain(spec.PolicyName));
        }

        if (spec.ParamRef is { } parameters)
        {
            Parameters(errors, parameters, at.Child("paramRef"));
        }

        if (spec.MatchResources is { } match)
        {
            Resources(errors, match, at.Child("matchResources"));
        }

        Actions(errors, spec.ValidationActions, at.Child("validationActions"));
    }

    private static void Parameters(FieldErrors errors, V1ParamRef parameters, FieldPath at)
    {
        var (hasName, hasSelector) = (parameters.Name.Length > 0, parameters.Selector is not null);
        if (hasName)
        {
            errors.Invalid(at.Child("name"), parameters.Name, Rules.PathSegment(parameters.Name));
        }

        if (hasName && hasSelector)
        {
            errors.Forbidden(at.Child("name"), "name and selector are mutually exclusive");
        }

        SelectorRules.Validate(errors, parameters.Selector, at.Child("selector"));
        if (hasName && hasSelector)
        {
            errors.Forbidden(at.Child("selector"), "name and selector are mutually exclusive");
        }

        if (!hasName && !hasSelector)
        {
            errors.Required(at, "one of name or selector must be specified");
        }

        errors.RequiredOneOf(at.Child("parameterNotFoundAction"), parameters.ParameterNotFoundAction ?? "", "Deny", "Allow");
    }

    private static void Actions(FieldErrors errors, IReadOnlyList<string> actions, FieldPath at)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < actions.Count; i++)
        {
            errors.OneOf(at.Index(i), actions[i], "Audit", "Deny", "Warn");
            if (!seen.Add(actions[i]))
            {
                errors.Duplicate(at.Index(i), actions[i]);
            }
        }

        if (seen.Contains("Deny") && seen.Contains("Warn"))
        {
            errors.InvalidDump(at, GoDump.Texts("admissionregistration.ValidationAction", actions),
                "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)");
        }

        if (seen.Count == 0)
        {
            errors.Required(at, "at least one validation action is required");
        }
    }
}
