using Gantry.Server.Authentication.Oidc;
using Gantry.Server.Authentication.Webhook;

namespace Gantry.Server.Authentication;

/// <summary>Who is believed beside the cluster's own authority and its service accounts.</summary>
public sealed record AuthenticationOptions
{
    /// <summary>PEM of a further authority of client certificates; empty for none.</summary>
    public string ClientCaFile { get; init; } = "";

    /// <summary>Whether Secrets of the type <c>bootstrap.kubernetes.io/token</c> are tokens.</summary>
    public bool BootstrapTokens { get; init; }

    /// <summary>Identity providers.</summary>
    public IReadOnlyList<JwtOptions> Issuers { get; init; } = [];

    /// <summary>The file that the identity providers are from, which is followed; empty for none.</summary>
    public string ConfigFile { get; init; } = "";

    /// <summary>A server that knows tokens; null for none.</summary>
    public TokenWebhookOptions? Webhook { get; init; }

    /// <summary>A proxy that authenticates; null for none.</summary>
    public RequestHeaderOptions? RequestHeader { get; init; }

    /// <summary>Every fault of these options, as the option's name and what is wrong with it.</summary>
    public IEnumerable<(string Option, string Fault)> Check()
    {
        if (ClientCaFile.Length > 0 && !File.Exists(ClientCaFile))
        {
            yield return ("authentication.clientCaFile", $"{ClientCaFile} does not exist");
        }

        foreach (var issuer in Issuers.Where(i => !(Uri.TryCreate(i.Issuer, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps)))
        {
            yield return ("authentication.issuers", $"{issuer.Issuer} must be an https URL");
        }

        foreach (var issuer in Issuers.Where(i => i.Audiences.Count == 0))
        {
            yield return ("authentication.issuers", $"{issuer.Issuer} has no audience");
        }

        foreach (var algorithm in Issuers.SelectMany(i => i.Algorithms).Where(a => !Tokens.WebKey.Algorithms.Contains(a, StringComparer.Ordinal)))
        {
            yield return ("authentication.issuers", $"unsupported signing algorithm {algorithm}");
        }

        foreach (var fault in (Webhook?.Check() ?? []).Concat(RequestHeader?.Check() ?? []))
        {
            yield return fault;
        }
    }
}
