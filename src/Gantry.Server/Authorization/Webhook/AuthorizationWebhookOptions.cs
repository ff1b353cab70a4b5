namespace Gantry.Server.Authorization.Webhook;

/// <summary>A server that decides.</summary>
public sealed record AuthorizationWebhookOptions
{
    /// <summary>A kubeconfig: where the server is, what to trust, and as whom to ask.</summary>
    public required string KubeconfigFile { get; init; }

    /// <summary>The version of SubjectAccessReview that is sent: v1 or v1beta1.</summary>
    public string Version { get; init; } = "v1beta1";

    public TimeSpan AuthorizedTtl { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan UnauthorizedTtl { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether a server that does not answer forbids; else the next authorizer is asked.</summary>
    public bool DeniesOnFailure { get; init; }

    /// <summary>Expressions over the review; the server is asked only where all are true.</summary>
    public IReadOnlyList<string> MatchConditions { get; init; } = [];

    /// <summary>Every fault of these options, as the option's name and what is wrong with it.</summary>
    public IEnumerable<(string Option, string Fault)> Check()
    {
        if (!File.Exists(KubeconfigFile))
        {
            yield return ("authorization.webhook.kubeconfigFile", $"{KubeconfigFile} does not exist");
        }

        if (Version is not ("v1" or "v1beta1"))
        {
            yield return ("authorization.webhook.version", $"unsupported webhook authorizer version \"{Version}\", supported versions are v1, v1beta1");
        }

        if (AuthorizedTtl < TimeSpan.Zero || UnauthorizedTtl < TimeSpan.Zero || Timeout <= TimeSpan.Zero)
        {
            yield return ("authorization.webhook", "times must not be negative");
        }
    }
}
