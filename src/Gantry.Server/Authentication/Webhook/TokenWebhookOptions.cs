namespace Gantry.Server.Authentication.Webhook;

/// <summary>A server that knows whose a token is.</summary>
public sealed record TokenWebhookOptions
{
    /// <summary>A kubeconfig: where the server is, what to trust, and as whom to ask.</summary>
    public required string KubeconfigFile { get; init; }

    /// <summary>The version of TokenReview that is sent: v1 or v1beta1.</summary>
    public string Version { get; init; } = "v1beta1";

    /// <summary>How long answers are kept.</summary>
    public TimeSpan CacheTtl { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Every fault of these options, as the option's name and what is wrong with it.</summary>
    public IEnumerable<(string Option, string Fault)> Check()
    {
        if (!File.Exists(KubeconfigFile))
        {
            yield return ("authentication.webhook.kubeconfigFile", $"{KubeconfigFile} does not exist");
        }

        if (Version is not ("v1" or "v1beta1"))
        {
            yield return ("authentication.webhook.version", $"unsupported webhook authenticator version \"{Version}\", supported versions are v1, v1beta1");
        }

        if (CacheTtl < TimeSpan.Zero)
        {
            yield return ("authentication.webhook.cacheTtl", "must not be negative");
        }
    }
}
