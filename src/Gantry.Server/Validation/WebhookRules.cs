using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Configurations of mutating and validating webhooks (<c>admissionregistration.k8s.io</c>).</summary>
public static class WebhookRules
{
    private static readonly string[] ReviewVersions = ["v1", "v1beta1"];

    /// <summary>The parts that mutating and validating webhooks share.</summary>
    internal sealed record Webhook
    {
        public required string Name { get; init; }

        public required AdmissionregistrationV1WebhookClientConfig Client { get; init; }

        public required IReadOnlyList<string> ReviewVersions { get; init; }

        public required IReadOnlyList<V1RuleWithOperations> Rules { get; init; }

        public required IReadOnlyList<V1MatchCondition> MatchConditions { get; init; }

        public required string? FailurePolicy { get; init; }

        public required string? MatchPolicy { get; init; }

        public required string? SideEffects { get; init; }

        public required int? TimeoutSeconds { get; init; }

        public required V1LabelSelector? NamespaceSelector { get; init; }

        public required V1LabelSelector? ObjectSelector { get; init; }

        public string? ReinvocationPolicy { get; init; }

        public bool HasSideEffects => SideEffects is not ("None" or "NoneOnDryRun");

        public bool IsUnderstood => ReviewVersions.Count == 0 || ReviewVersions.Any(IsKnownVersion);
    }

    // Faults that the old object has already are no reason to refuse the new one.
    private readonly record struct Tolerance(bool SideEffects, bool Versions, bool Names, bool Conditions);

    public static void Validating(FieldErrors errors, V1ValidatingWebhookConfiguration configuration, V1ValidatingWebhookConfiguration? old) =>
        Webhooks(errors, [.. configuration.Webhooks.Select(Of)], old is null ? null : [.. old.Webhooks.Select(Of)]);

    public static void Mutating(FieldErrors errors, V1MutatingWebhookConfiguration configuration, V1MutatingWebhookConfiguration? old) =>
        Webhooks(errors, [.. configuration.Webhooks.Select(Of)], old is null ? null : [.. old.Webhooks.Select(Of)]);

    private static bool IsKnownVersion(string version) => version is "v1" or "v1beta1";

    private static Webhook Of(V1ValidatingWebhook w) => new()
    {
        Name = w.Name, Client = w.ClientConfig, ReviewVersions = w.AdmissionReviewVersions, Rules = w.Rules, MatchConditions = w.MatchConditions,
        FailurePolicy = w.FailurePolicy, MatchPolicy = w.MatchPolicy, SideEffects = w.SideEffects, TimeoutSeconds = w.TimeoutSeconds,
        NamespaceSelector = w.NamespaceSelector, ObjectSelector = w.ObjectSelector,
    };

    private static Webhook Of(V1MutatingWebhook w) => new()
    {
        Name = w.Name, Client = w.ClientConfig, ReviewVersions = w.AdmissionReviewVersions, Rules = w.Rules, MatchConditions = w.MatchConditions,
        FailurePolicy = w.FailurePolicy, MatchPolicy = w.MatchPolicy, SideEffects = w.SideEffects, TimeoutSeconds = w.TimeoutSeconds,
        NamespaceSelector = w.NamespaceSelector, ObjectSelector = w.ObjectSelector, ReinvocationPolicy = w.ReinvocationPolicy,
    };

    private static void Webhooks(FieldErrors errors, List<Webhook> hooks, List<Webhook>? old)
    {
        var tolerance = old is null ? default : new Tolerance(
            old.Any(h => h.HasSideEffects),
            old.Any(h => !h.IsUnderstood),
            old.Select(h => h.Name).Distinct(StringComparer.Ordinal).Count() < old.Count,
            old.Count == hooks.Count && old.Zip(hooks).All(p => p.First.MatchConditions.SequenceEqual(p.Second.MatchConditions)));
        var expressions = ExpressionRules.OfWebhook((old ?? []).SelectMany(h => h.MatchConditions));
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < hooks.Count; i++)
        {
            var (hook, at) = (hooks[i], FieldPath.Root("webhooks").Index(i));
            One(errors, hook, tolerance, expressions, at);
            Versions(errors, hook.ReviewVersions, tolerance, at.Child("admissionReviewVersions"));
            if (hook.Name.Length > 0 && !names.Add(hook.Name) && !tolerance.Names)
            {
                errors.Duplicate(at.Child("name"), hook.Name);
            }
        }
    }

    private static void One(FieldErrors errors, Webhook hook, Tolerance tolerance, ExpressionRules expressions, FieldPath at)
    {
        DomainRules.FullyQualifiedName(errors, hook.Name, at.Child("name"));
        for (var r = 0; r < hook.Rules.Count; r++)
        {
            var rule = hook.Rules[r];
            OperationRules.Rule(errors, rule.Operations, rule.ApiGroups, rule.ApiVersions, rule.Resources, rule.Scope, at.Child("rules").Index(r));
        }

        OperationRules.FailurePolicy(errors, hook.FailurePolicy, at.Child("failurePolicy"));
        OperationRules.MatchPolicy(errors, hook.MatchPolicy, at.Child("matchPolicy"));
        SideEffects(errors, hook.SideEffects, tolerance, at.Child("sideEffects"));
        if (hook.TimeoutSeconds is < 1 or > 30)
        {
            errors.Invalid(at.Child("timeoutSeconds"), hook.TimeoutSeconds, "the timeout value must be between 1 and 30 seconds");
        }

        SelectorRules.Validate(errors, hook.NamespaceSelector, at.Child("namespaceSelector"));
        SelectorRules.Validate(errors, hook.ObjectSelector, at.Child("objectSelector"));
        if (hook.ReinvocationPolicy is { } again)
        {
            errors.OneOf(at.Child("reinvocationPolicy"), again, "IfNeeded", "Never");
        }

        WebhookClientRules.Client(errors, hook.Client, at.Child("clientConfig"));
        if (!tolerance.Conditions)
        {
            OperationRules.MatchConditions(errors, hook.MatchConditions, expressions, at.Child("matchConditions"));
        }
    }

    private static void SideEffects(FieldErrors errors, string? effects, Tolerance tolerance, FieldPath at)
    {
        string[] allowed = tolerance.SideEffects ? ["None", "NoneOnDryRun", "Some", "Unknown"] : ["None", "NoneOnDryRun"];
        if (effects is null)
        {
            errors.Required(at, "must specify one of " + string.Join(", ", allowed));
        }
        else
        {
            errors.OneOf(at, effects, allowed);
        }
    }

    private static void Versions(FieldErrors errors, IReadOnlyList<string> versions, Tolerance tolerance, FieldPath at)
    {
        if (versions.Count == 0)
        {
            errors.Required(at, "must specify one of " + string.Join(", ", ReviewVersions));
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < versions.Count; i++)
        {
            if (!seen.Add(versions[i]))
            {
                errors.Invalid(at.Index(i), versions[i], "duplicate version");
                continue;
            }

            errors.Invalid(at.Index(i), versions[i], Rules.Dns1035Label(versions[i]));
        }

        if (!tolerance.Versions && !versions.Any(IsKnownVersion))
        {
            errors.InvalidDump(at, GoDump.Texts("string", versions), "must include at least one of " + string.Join(", ", ReviewVersions));
        }
    }
}
