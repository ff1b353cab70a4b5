using Gantry.Server.Authorization.Node;
using Gantry.Server.Authorization.Rbac;
using Gantry.Server.Authorization.Webhook;
using Gantry.Server.Bootstrap;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;

namespace Gantry.Server.Authorization;

/// <summary>Everything that says what somebody may do, put together from the options.</summary>
internal sealed class Authorizers : IDisposable
{
    private readonly List<WebhookAuthorizer> _owned = [];

    /// <param name="options">Who is asked, in what order.</param>
    /// <param name="objects">Roles, bindings, pods.</param>
    /// <param name="clock">Ages answers of webhooks.</param>
    /// <param name="dice">Spreads repetitions.</param>
    /// <exception cref="FormatException">A kubeconfig is none.</exception>
    public Authorizers(AuthorizationOptions options, IObjects objects, TimeProvider clock, Random dice)
    {
        var rbac = new RbacSource(objects);
        Roles = () => rbac.Current;
        IReadOnlyList<IAuthorizer> parts = [.. options.Authorizers.Select(a => Make(a, objects, clock, dice))];
        Authorizer = new AuthorizerChain(parts);
        Rules = [.. parts.OfType<IRuleSource>()];
    }

    /// <summary>Roles and bindings as they are now.</summary>
    public Func<RbacSnapshot> Roles { get; }

    public IAuthorizer Authorizer { get; }

    /// <summary>Who knows what a user may do at all.</summary>
    public IReadOnlyList<IRuleSource> Rules { get; }

    public void Dispose() => _owned.ForEach(o => o.Dispose());

    private IAuthorizer Make(AuthorizerOptions options, IObjects objects, TimeProvider clock, Random dice)
    {
        switch (options.Type)
        {
            case "Node":
                return new NodeAuthorizer(new NodeFactsSource(objects), NodeRules());
            case "RBAC":
                return new RbacAuthorizer(Roles);
            case "Webhook":
                var webhook = new WebhookAuthorizer(options.Webhook!, clock, dice);
                _owned.Add(webhook);
                return webhook;
            default:
                return new FixedAuthorizer(options.Type == "AlwaysAllow");
        }
    }

    // Bound to the role's rules as the server starts with them, so that nobody widens what nodes may do by editing the role.
    private static IReadOnlyList<PolicyRule> NodeRules() =>
        [.. BootstrapRoles.Load().ClusterRoles.Single(r => r.Metadata.Name == "system:node").Rules.Select(RoleReconciliation.Rule)];
}
