using System.CommandLine;
using System.CommandLine.Parsing;
using Gantry.Server.Authentication;
using Gantry.Server.Authentication.Oidc;
using Gantry.Server.Authentication.Webhook;

namespace Gantry.Cli.Commands;

/// <summary>The options that name identity providers: OpenID, and servers that know tokens.</summary>
internal sealed class IdentityProviderSyntax
{
    private readonly Option<string?> _issuer = new("--oidc-issuer-url") { Description = "An OpenID provider whose tokens are accepted.", HelpName = "URL" };
    private readonly Option<string?> _client = new("--oidc-client-id") { Description = "What its tokens must be for.", HelpName = "ID" };
    private readonly Option<string?> _ca = IdentitySyntax.File("--oidc-ca-file", "PEM of the authority of the provider's certificate; those of this machine if not given.");
    private readonly Option<string> _name = new("--oidc-username-claim") { Description = "The claim that is the user's name.", HelpName = "CLAIM", DefaultValueFactory = _ => "sub" };
    private readonly Option<string?> _namePrefix = new("--oidc-username-prefix") { Description = "What is put before names; '-' for nothing, the issuer and '#' if not given and the claim is not 'email'.", HelpName = "TEXT" };
    private readonly Option<string?> _groups = new("--oidc-groups-claim") { Description = "The claim that holds the user's groups.", HelpName = "CLAIM" };
    private readonly Option<string?> _groupsPrefix = new("--oidc-groups-prefix") { Description = "What is put before groups.", HelpName = "TEXT" };
    private readonly Option<string[]> _required = IdentitySyntax.List("--oidc-required-claim", "A claim that must have that value.", "CLAIM=VALUE");
    private readonly Option<string[]> _algorithms = IdentitySyntax.List("--oidc-signing-algs", "The algorithms tokens may be signed with; RS256 if not given.", "NAME,...");
    private readonly Option<string?> _webhook = IdentitySyntax.File("--authentication-token-webhook-config-file", "A kubeconfig of a server that is asked by TokenReview whose a token is.");
    private readonly Option<string> _webhookVersion = new("--authentication-token-webhook-version") { Description = "The version of these reviews: v1 or v1beta1.", HelpName = "VERSION", DefaultValueFactory = _ => "v1beta1" };
    private readonly Option<string?> _webhookTtl = IdentitySyntax.Time("--authentication-token-webhook-cache-ttl", "How long its answers are kept; two minutes if not given.");

    private readonly Option<string?> _config = IdentitySyntax.File("--authentication-config", "An AuthenticationConfiguration with several providers, expressions over their claims, and who is anonymous.");

    public IEnumerable<Option> All => [_config, .. Oidc, _webhook, _webhookVersion, _webhookTtl];

    private IEnumerable<Option> Oidc => [_issuer, _client, _ca, _name, _namePrefix, _groups, _groupsPrefix, _required, _algorithms];

    /// <exception cref="CommandFailure">The options contradict each other, or a file cannot be read.</exception>
    /// <param name="parsed">What was typed.</param>
    /// <param name="ownIssuers">The issuers of service-account tokens, which nobody else may be.</param>
    /// <returns>What is believed, and who is anonymous where the configuration says so.</returns>
    public (AuthenticationOptions Options, AnonymousOptions? Anonymous) Read(ParseResult parsed, IEnumerable<string> ownIssuers)
    {
        if (parsed.GetValue(_config) is not { } config)
        {
            return (Webhook(parsed) with { Issuers = Provider(parsed) is { } provider ? [provider] : [] }, null);
        }

        if (Oidc.Any(o => parsed.GetResult(o) is { Implicit: false }))
        {
            throw new CommandFailure("authentication-config file and oidc-* flags are mutually exclusive", 2);
        }

        var (issuers, anonymous) = IdentitySyntax.Loaded(_config, config, f => AuthenticationConfig.Read(f, ownIssuers));
        return (Webhook(parsed) with { Issuers = issuers, ConfigFile = Path.GetFullPath(config) }, anonymous);
    }

    private AuthenticationOptions Webhook(ParseResult parsed) => new()
    {
        Webhook = parsed.GetValue(_webhook) is not { } file ? null : new TokenWebhookOptions
        {
            KubeconfigFile = file,
            Version = parsed.GetValue(_webhookVersion)!,
            CacheTtl = IdentitySyntax.Duration(parsed, _webhookTtl, TimeSpan.FromMinutes(2)),
        },
    };

    private JwtOptions? Provider(ParseResult parsed)
    {
        if (!Oidc.Any(o => parsed.GetResult(o) is { Implicit: false }))
        {
            return null;
        }

        if (parsed.GetValue(_issuer) is not { Length: > 0 } issuer || parsed.GetValue(_client) is not { Length: > 0 } client)
        {
            throw new CommandFailure("oidc-issuer-url and oidc-client-id must be specified together when any oidc-* flags are set", 2);
        }

        var name = parsed.GetValue(_name)!;
        var algorithms = IdentitySyntax.Items(parsed, _algorithms);
        return new JwtOptions
        {
            Issuer = issuer,
            Audiences = [client],
            CertificateAuthority = parsed.GetValue(_ca) is { } file ? IdentitySyntax.Loaded(_ca, file, File.ReadAllText) : "",
            Algorithms = algorithms.Count > 0 ? algorithms : ["RS256"],
            Username = new ClaimSource
            {
                Claim = name,
                Prefix = parsed.GetValue(_namePrefix) switch
                {
                    null or "" => name == "email" ? "" : issuer + "#",
                    "-" => "",
                    var prefix => prefix,
                },
            },
            Groups = parsed.GetValue(_groups) is { Length: > 0 } groups ? new ClaimSource { Claim = groups, Prefix = parsed.GetValue(_groupsPrefix) ?? "" } : null,
            RequiredClaims = [.. IdentitySyntax.Items(parsed, _required).Select(Claim)],
        };
    }

    private static (string Claim, string Value) Claim(string text) => text.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals
        ? (text[..equals], text[(equals + 1)..])
        : throw new CommandFailure($"--oidc-required-claim {text}: write it like claim=value", 2);

}
