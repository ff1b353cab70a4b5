using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Kinds that extend the API: webhooks, admission policies, custom resource definitions, API services.</summary>
public static class ExtensionRules
{
    /// <summary>The parts that mutating and validating webhooks share.</summary>
    public sealed record Webhook(
        string Name, AdmissionregistrationV1WebhookClientConfig Client, IReadOnlyList<string> ReviewVersions, IReadOnlyList<V1RuleWithOperations> Rules,
        string? FailurePolicy, string? MatchPolicy, string? SideEffects, int? TimeoutSeconds, V1LabelSelector? NamespaceSelector, V1LabelSelector? ObjectSelector, string? ReinvocationPolicy);

    public static void Webhooks(FieldErrors errors, IReadOnlyList<Webhook> hooks)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < hooks.Count; i++)
        {
            var (hook, at) = (hooks[i], FieldPath.Root("webhooks").Index(i));
            if (!names.Add(hook.Name))
            {
                errors.Duplicate(at.Child("name"), hook.Name);
            }

            FullyQualified(errors, hook.Name, at.Child("name"));
            if (!hook.ReviewVersions.Any(v => v is "v1" or "v1beta1"))
            {
                if (hook.ReviewVersions.Count == 0)
                {
                    errors.Required(at.Child("admissionReviewVersions"), "must specify one of v1, v1beta1");
                }
                else
                {
                    errors.InvalidDump(at.Child("admissionReviewVersions"), GoDump.Of(hook.ReviewVersions), "must include at least one of v1, v1beta1");
                }
            }

            for (var r = 0; r < hook.Rules.Count; r++)
            {
                Rule(errors, hook.Rules[r], at.Child("rules").Index(r));
            }

            Policies(errors, hook, at);
            SelectorRules.Validate(errors, hook.NamespaceSelector, at.Child("namespaceSelector"));
            SelectorRules.Validate(errors, hook.ObjectSelector, at.Child("objectSelector"));
            Client(errors, hook.Client, at.Child("clientConfig"));
        }
    }

    private static void Policies(FieldErrors errors, Webhook hook, FieldPath at)
    {
        if (hook.FailurePolicy is { } failure)
        {
            errors.OneOf(at.Child("failurePolicy"), failure, "Fail", "Ignore");
        }

        if (hook.MatchPolicy is { } match)
        {
            errors.OneOf(at.Child("matchPolicy"), match, "Equivalent", "Exact");
        }

        if (hook.SideEffects is null)
        {
            errors.Required(at.Child("sideEffects"), "must specify one of None, NoneOnDryRun");
        }
        else
        {
            errors.OneOf(at.Child("sideEffects"), hook.SideEffects, "None", "NoneOnDryRun");
        }

        if (hook.TimeoutSeconds is < 1 or > 30)
        {
            errors.Invalid(at.Child("timeoutSeconds"), hook.TimeoutSeconds, hook.TimeoutSeconds < 1 ? "the timeout value must be between 1 and 30 seconds" : "the timeout value must be between 1 and 30 seconds");
        }

        if (hook.ReinvocationPolicy is { } again)
        {
            errors.OneOf(at.Child("reinvocationPolicy"), again, "IfNeeded", "Never");
        }
    }

    private static void FullyQualified(FieldErrors errors, string name, FieldPath at)
    {
        if (name.Length == 0)
        {
            errors.Required(at);
        }
        else if (!Rules.IsSubdomain(name))
        {
            errors.Invalid(at, name, Rules.DnsSubdomain(name));
        }
        else if (name.Split('.').Length < 3)
        {
            errors.Invalid(at, name, "should be a domain with at least three segments separated by dots");
        }
    }

    private static void Rule(FieldErrors errors, V1RuleWithOperations rule, FieldPath at)
    {
        foreach (var (name, list) in new[] { ("operations", rule.Operations), ("apiGroups", rule.ApiGroups), ("apiVersions", rule.ApiVersions), ("resources", rule.Resources) })
        {
            if (list.Count == 0)
            {
                errors.Required(at.Child(name));
            }
            else if (list.Count > 1 && list.Contains("*") && name != "resources")
            {
                errors.InvalidDump(at.Child(name), GoDump.Texts(name == "operations" ? "admissionregistration.OperationType" : "string", list), "if '*' is present, must not specify other " + (name == "operations" ? "operations" : name == "apiGroups" ? "API groups" : "API versions"));
            }
        }

        for (var i = 0; i < rule.Operations.Count; i++)
        {
            errors.OneOf(at.Child("operations").Index(i), rule.Operations[i], "*", "CONNECT", "CREATE", "DELETE", "UPDATE");
        }

        if (rule.Scope is { } scope)
        {
            errors.OneOf(at.Child("scope"), scope, "*", "Cluster", "Namespaced");
        }
    }

    private static void Client(FieldErrors errors, AdmissionregistrationV1WebhookClientConfig client, FieldPath at)
    {
        if (client.Url is null == client.Service is null)
        {
            errors.Required(at.Child("url"), "exactly one of url or service is required");
        }

        if (client.Url is { } url)
        {
            Url(errors, url, at.Child("url"));
        }

        if (client.Service is { } service)
        {
            var path = at.Child("service");
            if (service.Name.Length == 0)
            {
                errors.Required(path.Child("name"), "service name is required");
            }

            if (service.Namespace.Length == 0)
            {
                errors.Required(path.Child("namespace"), "service namespace is required");
            }

            if (service.Port is { } port && port is < 1 or > 65535)
            {
                errors.Invalid(path.Child("port"), service.Port, "port is not valid: " + Rules.Between(1, 65535));
            }
        }
    }

    private static void Url(FieldErrors errors, string url, FieldPath at)
    {
        const string Form = "; desired format: https://host[/path]";
        if (!Uri.TryCreate(url, UriKind.RelativeOrAbsolute, out var parsed))
        {
            errors.Invalid(at, url, "url must be a valid URL" + Form);
            return;
        }

        var scheme = parsed.IsAbsoluteUri ? parsed.Scheme : "";
        if (scheme != "https")
        {
            errors.Invalid(at, scheme, "'https' is the only allowed URL scheme" + Form);
        }

        if (!parsed.IsAbsoluteUri || parsed.Host.Length == 0)
        {
            errors.Invalid(at, "", "host must be specified" + Form);
            return;
        }

        if (parsed.UserInfo.Length > 0)
        {
            errors.Invalid(at, parsed.UserInfo, "user information is not permitted in the URL");
        }

        if (parsed.Fragment.Length > 1)
        {
            errors.Invalid(at, parsed.Fragment[1..], "fragments are not permitted in the URL");
        }

        if (parsed.Query.Length > 1)
        {
            errors.Invalid(at, parsed.Query[1..], "query parameters are not permitted in the URL");
        }
    }

    public static void AdmissionPolicy(FieldErrors errors, V1ValidatingAdmissionPolicy policy)
    {
        var (spec, at) = (policy.Spec, FieldPath.Root("spec"));
        if (spec.FailurePolicy is { } failure)
        {
            errors.OneOf(at.Child("failurePolicy"), failure, "Fail", "Ignore");
        }

        if (spec.MatchConstraints is not { } match)
        {
            errors.Required(at.Child("matchConstraints"));
        }
        else if (match.ResourceRules.Count == 0)
        {
            errors.Required(at.Child("matchConstraints").Child("resourceRules"));
        }

        if (spec.Validations.Count == 0 && spec.AuditAnnotations.Count == 0)
        {
            errors.Required(at.Child("validations"), "validations or auditAnnotations must contain at least one item");
            errors.Required(at.Child("auditAnnotations"), "validations or auditAnnotations must contain at least one item");
        }

        for (var i = 0; i < spec.Validations.Count; i++)
        {
            if (spec.Validations[i].Expression.Trim().Length == 0)
            {
                errors.Required(at.Child("validations").Index(i).Child("expression"), "expression is not specified");
            }
        }
    }

    public static void AdmissionPolicyBinding(FieldErrors errors, V1ValidatingAdmissionPolicyBinding binding)
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

        if (spec.ValidationActions.Count == 0)
        {
            errors.Required(at.Child("validationActions"), "at least one validation action is required");
        }

        for (var i = 0; i < spec.ValidationActions.Count; i++)
        {
            errors.OneOf(at.Child("validationActions").Index(i), spec.ValidationActions[i], "Audit", "Deny", "Warn");
        }

        if (spec.ValidationActions.Contains("Deny") && spec.ValidationActions.Contains("Warn"))
        {
            errors.InvalidDump(at.Child("validationActions"), GoDump.Texts("admissionregistration.ValidationAction", spec.ValidationActions), "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)");
        }
    }

    public static void ApiService(FieldErrors errors, V1APIService service)
    {
        var (spec, at) = (service.Spec, FieldPath.Root("spec"));
        var required = spec.Version + "." + spec.Group;
        if (service.Metadata.Name != required)
        {
            errors.Invalid(FieldPath.Root("metadata").Child("name"), service.Metadata.Name, $"must be `spec.version+\".\"+spec.group`: {QuoteGo(required)}");
        }

        if (spec.Group.Length > 0)
        {
            errors.Invalid(at.Child("group"), spec.Group, Rules.DnsSubdomain(spec.Group));
        }
        else if (spec.Version != "v1")
        {
            errors.Required(at.Child("group"), "only v1 may have an empty group and it better be legacy kube");
        }

        errors.Invalid(at.Child("version"), spec.Version, Rules.Dns1035Label(spec.Version));
        if (spec.GroupPriorityMinimum is <= 0 or > 20000)
        {
            errors.Invalid(at.Child("groupPriorityMinimum"), spec.GroupPriorityMinimum, "must be positive and less than 20000");
        }

        if (spec.VersionPriority is <= 0 or > 1000)
        {
            errors.Invalid(at.Child("versionPriority"), spec.VersionPriority, "must be positive and less than 1000");
        }

        if (spec.Service is null)
        {
            if (spec.CaBundle.Length > 0)
            {
                errors.InvalidDump(at.Child("caBundle"), $"{spec.CaBundle.Length} bytes", "local APIServices may not have a caBundle");
            }

            if (spec.InsecureSkipTLSVerify)
            {
                errors.Invalid(at.Child("insecureSkipTLSVerify"), true, "local APIServices may not have insecureSkipTLSVerify");
            }

            return;
        }

        if (spec.Service.Namespace.Length == 0)
        {
            errors.Required(at.Child("service").Child("namespace"));
        }

        if (spec.Service.Name.Length == 0)
        {
            errors.Required(at.Child("service").Child("name"));
        }

        if (spec.InsecureSkipTLSVerify && spec.CaBundle.Length > 0)
        {
            errors.Invalid(at.Child("insecureSkipTLSVerify"), true, "may not be true if caBundle is present");
        }
    }

    private static string QuoteGo(string text) => "\"" + text + "\"";
}
