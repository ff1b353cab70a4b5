using System.Text;
using Gantry.Server.Authorization.Abac;
using Gantry.Server.Authorization.Node;
using Gantry.Server.Authorization.Rbac;
using Gantry.Server.Authorization.Webhook;
using Gantry.Server.Bootstrap;
using Gantry.Server.Configuration;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.Authorization;

/// <summary>Everything that says what somebody may do, put together from the options, and anew when their file changes.</summary>
internal sealed class Authorizers : IAuthorizer, IDisposable
{
    private readonly IObjects _objects;
    private readonly TimeProvider _clock;
    private readonly Random _dice;
    private readonly FollowedFile _file;
    private readonly AuthorizationFigures _figures = new();
    private readonly IReadOnlyList<string> _fixed;
    private volatile Held _held;
    private Held? _last;

    /// <param name="options">Who is asked, in what order.</param>
    /// <param name="objects">Roles, bindings, pods.</param>
    /// <param name="server">What figures call this server.</param>
    /// <param name="clock">Ages answers of webhooks.</param>
    /// <param name="dice">Spreads repetitions.</param>
    /// <param name="log">Is told when the file changes.</param>
    /// <exception cref="FormatException">A kubeconfig is none, or a policy.</exception>
    public Authorizers(AuthorizationOptions options, IObjects objects, string server, TimeProvider clock, Random dice, ILogger log)
    {
        _objects = objects;
        _clock = clock;
        _dice = dice;
        var rbac = new RbacSource(objects);
        Roles = () => rbac.Current;
        _fixed = Fixed(options);
        _held = Make(options);
        _file = new FollowedFile(options.ConfigFile, "apiserver_authorization_config_controller", server, _ => Reload(options), clock, log);
    }

    /// <summary>Roles and bindings as they are now.</summary>
    public Func<RbacSnapshot> Roles { get; }

    /// <summary>Who knows what a user may do at all.</summary>
    public IReadOnlyList<IRuleSource> Rules => _held.Rules;

    public ValueTask<AuthorizationDecision> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellation) => _held.Chain.AuthorizeAsync(attributes, cancellation);

    /// <summary>Follows the configuration file until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => _file.RunAsync(cancellation);

    public void Append(StringBuilder text)
    {
        _figures.Append(text);
        _file.Append(text);
    }

    public void Dispose()
    {
        _held.Dispose();
        _last?.Dispose();
    }

    // Only webhooks come and go while a server runs.
    private static IReadOnlyList<string> Fixed(AuthorizationOptions options) =>
        [.. options.Authorizers.Where(a => a.Type != "Webhook").Select(a => a.Type).Order(StringComparer.Ordinal)];

    private ValueTask Reload(AuthorizationOptions first)
    {
        var options = AuthorizationConfig.Read(first.ConfigFile) with { ConfigFile = first.ConfigFile, PolicyFile = first.PolicyFile };
        if (options.Check().FirstOrDefault() is { Fault: { } fault })
        {
            throw new FormatException(fault);
        }

        var types = Fixed(options);
        if (_fixed.Except(types, StringComparer.Ordinal).ToList() is { Count: > 0 } missing)
        {
            throw new FormatException("missing required types: " + GoText.List(missing));
        }

        if (types.Except(_fixed, StringComparer.Ordinal).ToList() is { Count: > 0 } more)
        {
            throw new FormatException("types that the server was not started with: " + GoText.List(more));
        }

        var made = Make(options);
        // Questions that are under way still need the one before; the one before that has nobody left.
        _last?.Dispose();
        _last = _held;
        _held = made;
        return default;
    }

    private Held Make(AuthorizationOptions options)
    {
        IReadOnlyList<IAuthorizer> parts = [.. options.Authorizers.Select(a => Make(a, options.PolicyFile))];
        return new Held(new AuthorizerChain(parts, [.. options.Authorizers.Select(a => _figures.Of(a.Type, NameOf(a)))]), [.. parts.OfType<IRuleSource>()], [.. parts.OfType<WebhookAuthorizer>()]);
    }

    // Those that flags name are called by what they are.
    private static string NameOf(AuthorizerOptions options) =>
        options.Name.Length > 0 ? options.Name : options.Type == "Webhook" ? "default" : options.Type.ToLowerInvariant();

    private IAuthorizer Make(AuthorizerOptions options, string policies) => options.Type switch
    {
        "Node" => new NodeAuthorizer(new NodeFactsSource(_objects), NodeRules()),
        "RBAC" => new RbacAuthorizer(Roles),
        "Webhook" => new WebhookAuthorizer(options.Webhook!, NameOf(options), _figures, _clock, _dice),
        "ABAC" => new AbacAuthorizer(AbacPolicies.Read(policies)),
        _ => new FixedAuthorizer(options.Type == "AlwaysAllow"),
    };

    // Bound to the role's rules as the server starts with them, so that nobody widens what nodes may do by editing the role.
    private static IReadOnlyList<PolicyRule> NodeRules() =>
        [.. BootstrapRoles.Load().ClusterRoles.Single(r => r.Metadata.Name == "system:node").Rules.Select(RoleReconciliation.Rule)];

    private sealed record Held(AuthorizerChain Chain, IReadOnlyList<IRuleSource> Rules, IReadOnlyList<WebhookAuthorizer> Owned) : IDisposable
    {
        public void Dispose()
        {
            foreach (var owned in Owned)
            {
                owned.Dispose();
            }
        }
    }
}
