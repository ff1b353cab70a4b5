using System.CommandLine;
using System.CommandLine.Parsing;
using Gantry.Server.Authorization;
using Gantry.Server.Authorization.Webhook;

namespace Gantry.Cli.Commands;

/// <summary>The options that say who decides what users may do.</summary>
internal sealed class AuthorizationSyntax
{
    private readonly Option<string[]> _modes = IdentitySyntax.List("--authorization-mode", "Who decides, in this order: ABAC, AlwaysAllow, AlwaysDeny, Node, RBAC, Webhook; Node,RBAC if not given.", "MODE,...");
    private readonly Option<string?> _webhook = IdentitySyntax.File("--authorization-webhook-config-file", "A kubeconfig of a server that is asked by SubjectAccessReview.");
    private readonly Option<string> _version = new("--authorization-webhook-version") { Description = "The version of these reviews: v1 or v1beta1.", HelpName = "VERSION", DefaultValueFactory = _ => "v1beta1" };
    private readonly Option<string?> _allowed = IdentitySyntax.Time("--authorization-webhook-cache-authorized-ttl", "How long its permissions are kept; five minutes if not given.");
    private readonly Option<string?> _refused = IdentitySyntax.Time("--authorization-webhook-cache-unauthorized-ttl", "How long its refusals are kept; half a minute if not given.");

    private readonly Option<string?> _config = IdentitySyntax.File("--authorization-config", "An AuthorizationConfiguration that says all of this, several webhooks and when each is asked.");

    private readonly Option<string?> _policies = IdentitySyntax.File("--authorization-policy-file", "The policies of the mode ABAC, one a line.");

    public IEnumerable<Option> All => [_config, _policies, _modes, _webhook, _version, _allowed, _refused];

    /// <exception cref="CommandFailure">The options contradict each other.</exception>
    public AuthorizationOptions Read(ParseResult parsed)
    {
        if (parsed.GetValue(_config) is { } config)
        {
            return All.Skip(2).Any(o => parsed.GetResult(o) is { Implicit: false })
                ? throw new CommandFailure("--authorization-config can not be specified when --authorization-mode or --authorization-webhook-* flags are specified", 2)
                : IdentitySyntax.Loaded(_config, config, AuthorizationConfig.Read) with { ConfigFile = Path.GetFullPath(config), PolicyFile = parsed.GetValue(_policies) ?? "" };
        }

        var modes = IdentitySyntax.Items(parsed, _modes) is { Count: > 0 } given ? given : ["Node", "RBAC"];
        var file = parsed.GetValue(_webhook);
        if (modes.Contains("Webhook") && file is null)
        {
            throw new CommandFailure("authorization-mode Webhook's authorization config file not passed", 2);
        }

        if (!modes.Contains("Webhook") && file is not null)
        {
            throw new CommandFailure("cannot specify --authorization-webhook-config-file without mode Webhook", 2);
        }

        var policies = parsed.GetValue(_policies);
        if (modes.Contains("ABAC") && policies is null)
        {
            throw new CommandFailure("authorization-mode ABAC's authorization policy file not passed", 2);
        }

        if (!modes.Contains("ABAC") && policies is not null)
        {
            throw new CommandFailure("cannot specify --authorization-policy-file without mode ABAC", 2);
        }

        return new AuthorizationOptions { PolicyFile = policies ?? "", Authorizers = [.. modes.Select(m => new AuthorizerOptions(m) { Webhook = m == "Webhook" ? Webhook(parsed, file!) : null })] };
    }

    private AuthorizationWebhookOptions Webhook(ParseResult parsed, string file) => new()
    {
        KubeconfigFile = file,
        Version = parsed.GetValue(_version)!,
        AuthorizedTtl = IdentitySyntax.Duration(parsed, _allowed, TimeSpan.FromMinutes(5)),
        UnauthorizedTtl = IdentitySyntax.Duration(parsed, _refused, TimeSpan.FromSeconds(30)),
    };
}
