using Gantry.Api.Models;

namespace Gantry.Server.Admission.Webhooks;

/// <summary>A configured webhook, mutating or validating: both say the same about whom to call when.</summary>
internal sealed record Webhook
{
    public required string Name { get; init; }

    public required AdmissionregistrationV1WebhookClientConfig Client { get; init; }

    public required IReadOnlyList<V1RuleWithOperations> Rules { get; init; }

    public V1LabelSelector? Namespaces { get; init; }

    public V1LabelSelector? Objects { get; init; }

    /// <summary>Whether a failing webhook lets requests pass.</summary>
    public bool MayFail { get; init; }

    /// <summary>Whether it does nothing but answer, at least when told that nothing will be stored.</summary>
    public bool AllowsDryRun { get; init; }

    /// <summary>Whether it wants to see the object again when a later webhook has changed it.</summary>
    public bool WantsAnotherLook { get; init; }

    public TimeSpan Timeout { get; init; }

    public static Webhook Of(V1MutatingWebhook hook) => new()
    {
        Name = hook.Name,
        Client = hook.ClientConfig,
        Rules = hook.Rules,
        Namespaces = hook.NamespaceSelector,
        Objects = hook.ObjectSelector,
        MayFail = hook.FailurePolicy == "Ignore",
        AllowsDryRun = hook.SideEffects is "None" or "NoneOnDryRun",
        WantsAnotherLook = hook.ReinvocationPolicy == "IfNeeded",
        Timeout = TimeSpan.FromSeconds(hook.TimeoutSeconds ?? 10),
    };

    public static Webhook Of(V1ValidatingWebhook hook) => new()
    {
        Name = hook.Name,
        Client = hook.ClientConfig,
        Rules = hook.Rules,
        Namespaces = hook.NamespaceSelector,
        Objects = hook.ObjectSelector,
        MayFail = hook.FailurePolicy == "Ignore",
        AllowsDryRun = hook.SideEffects is "None" or "NoneOnDryRun",
        Timeout = TimeSpan.FromSeconds(hook.TimeoutSeconds ?? 10),
    };
}
