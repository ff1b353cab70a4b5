using Gantry.Server.Pipeline;
using Gantry.Server.Requests;

namespace Gantry.Server.Authorization.Rbac;

/// <summary>Allows what a role bound to the user allows; has no opinion on the rest.</summary>
public sealed class RbacAuthorizer : IAuthorizer, IRuleSource
{
    private readonly Func<RbacSnapshot> _snapshot;

    /// <param name="snapshot">Gives the roles and bindings as they are now; called once per decision.</param>
    public RbacAuthorizer(Func<RbacSnapshot> snapshot)
    {
        _snapshot = snapshot;
    }

    public ValueTask<AuthorizationDecision> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellation) =>
        ValueTask.FromResult(Decide(_snapshot(), attributes));

    /// <summary>The decision for one snapshot; pure.</summary>
    public static AuthorizationDecision Decide(RbacSnapshot snapshot, AuthorizationAttributes asked)
    {
        // Whoever a broken binding does not concern pays nothing for it.
        var missing = new List<string>(0);
        foreach (var grant in snapshot.GrantsOf(asked.User, asked.IsResource ? asked.Namespace : "", missing))
        {
            var allows = asked.IsResource
                ? grant.Rule.AllowsResource(asked.Verb, asked.Group, asked.Resource, asked.Subresource, asked.Name)
                : grant.Rule.AllowsUrl(asked.Verb, asked.Path);
            if (allows)
            {
                return new AuthorizationDecision(Opinion.Allow, grant.Reason);
            }
        }

        return missing.Count == 0 ? AuthorizationDecision.NoOpinion : new AuthorizationDecision(Opinion.NoOpinion, "RBAC: " + GoText.Aggregate(missing));
    }

    /// <inheritdoc/>
    public UserRules RulesOf(UserInfo user, string ns)
    {
        var missing = new List<string>();
        IReadOnlyList<PolicyRule> rules = [.. _snapshot().GrantsOf(user, ns, missing).Select(g => g.Rule)];
        return new UserRules(rules, false, missing.Count == 0 ? null : GoText.Aggregate(missing));
    }
}
