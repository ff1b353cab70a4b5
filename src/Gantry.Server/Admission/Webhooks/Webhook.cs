using Gantry.Api.Models;
using Gantry.Server.Admission.Matching;
using Gantry.Server.Admission.Policies;

namespace Gantry.Server.Admission.Webhooks;

/// <summary>A configured webhook, mutating or validating: both say the same about whom to call when.</summary>
internal sealed record Webhook
{
    public required string Name { get; init; }

    /// <summary>The configuration that it is part of.</summary>
    public required V1ObjectMeta Configuration { get; init; }

    /// <summary>Whether it may change objects.</summary>
    public required bool Mutates { get; init; }

    /// <summary>Its place among all webhooks of its sort.</summary>
    public required int Index { get; init; }

    public required AdmissionregistrationV1WebhookClientConfig Client { get; init; }

    public required IReadOnlyList<ResourceRule> Rules { get; init; }

    /// <summary>Whether it is also asked about other versions of what its rules name.</summary>
    public bool Equivalent { get; init; }

    public V1LabelSelector? Namespaces { get; init; }

    public V1LabelSelector? Objects { get; init; }

    /// <summary>Whether a failing webhook lets requests pass.</summary>
    public bool MayFail { get; init; }

    /// <summary>Whether it does nothing but answer, at least when told that nothing will be stored.</summary>
    public bool AllowsDryRun { get; init; }

    /// <summary>Whether it wants to see the object again when a later webhook has changed it.</summary>
    public bool WantsAnotherLook { get; init; }

    public TimeSpan Timeout { get; init; }

    /// <summary>The version of AdmissionReview that it is asked in: <c>v1</c> or <c>v1beta1</c>; null where it takes neither.</summary>
    public string? Review { get; init; }

    /// <summary>Conditions in expressions under which it is asked.</summary>
    public IReadOnlyList<PolicyExpression> Conditions { get; init; } = [];

    /// <summary>What tells it from all others.</summary>
    public string Key => $"{Configuration.Name}/{Name}/{Index}";

    public static Webhook Of(V1ObjectMeta configuration, int index, V1MutatingWebhook hook) => new()
    {
        Name = hook.Name,
        Configuration = configuration,
        Mutates = true,
        Index = index,
        Client = hook.ClientConfig,
        Rules = [.. hook.Rules.Select(ResourceRule.Of)],
        Equivalent = hook.MatchPolicy != "Exact",
        Namespaces = hook.NamespaceSelector,
        Objects = hook.ObjectSelector,
        MayFail = hook.FailurePolicy == "Ignore",
        AllowsDryRun = hook.SideEffects is "None" or "NoneOnDryRun",
        WantsAnotherLook = hook.ReinvocationPolicy == "IfNeeded",
        Timeout = TimeSpan.FromSeconds(hook.TimeoutSeconds ?? 10),
        Review = hook.AdmissionReviewVersions.FirstOrDefault(v => v is "v1" or "v1beta1"),
        Conditions = Compiled(hook.MatchConditions),
    };

    public static Webhook Of(V1ObjectMeta configuration, int index, V1ValidatingWebhook hook) => new()
    {
        Name = hook.Name,
        Configuration = configuration,
        Mutates = false,
        Index = index,
        Client = hook.ClientConfig,
        Rules = [.. hook.Rules.Select(ResourceRule.Of)],
        Equivalent = hook.MatchPolicy != "Exact",
        Namespaces = hook.NamespaceSelector,
        Objects = hook.ObjectSelector,
        MayFail = hook.FailurePolicy == "Ignore",
        AllowsDryRun = hook.SideEffects is "None" or "NoneOnDryRun",
        Timeout = TimeSpan.FromSeconds(hook.TimeoutSeconds ?? 10),
        Review = hook.AdmissionReviewVersions.FirstOrDefault(v => v is "v1" or "v1beta1"),
        Conditions = Compiled(hook.MatchConditions),
    };

    private static IReadOnlyList<PolicyExpression> Compiled(IReadOnlyList<V1MatchCondition> conditions) => conditions.Count == 0
        ? [] : MatchConditions.Compile(conditions, new PolicyEnvironment(HasParams: false, HasAuthorizer: true, Stored: true).Make());
}
