using Gantry.Server.Pipeline;

namespace Gantry.Server.Authorization.Rbac;

/// <summary>Allows what a role bound to the user allows; has no opinion on the rest.</summary>
public sealed class RbacAuthorizer : IAuthorizer
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
        var missing = new List<string>();
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

        return missing.Count switch
        {
            0 => AuthorizationDecision.NoOpinion,
            1 => new AuthorizationDecision(Opinion.NoOpinion, "RBAC: " + missing[0]),
            _ => new AuthorizationDecision(Opinion.NoOpinion, "RBAC: [" + string.Join(", ", missing.Distinct(StringComparer.Ordinal)) + "]"),
        };
    }
}
