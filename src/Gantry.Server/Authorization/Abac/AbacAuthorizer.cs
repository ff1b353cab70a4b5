using Gantry.Server.Pipeline;
using Gantry.Server.Requests;

namespace Gantry.Server.Authorization.Abac;

/// <summary>Allows what a line of a policy file allows; has no opinion on the rest.</summary>
public sealed class AbacAuthorizer : IAuthorizer, IRuleSource
{
    private static readonly AuthorizationDecision None = new(Opinion.NoOpinion, "No policy matched.");

    private readonly IReadOnlyList<AbacPolicy> _policies;

    public AbacAuthorizer(IReadOnlyList<AbacPolicy> policies)
    {
        _policies = policies;
    }

    public ValueTask<AuthorizationDecision> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellation)
    {
        foreach (var policy in _policies)
        {
            if (policy.Allows(attributes))
            {
                return new(new AuthorizationDecision(Opinion.Allow, ""));
            }
        }

        return new(None);
    }

    /// <inheritdoc/>
    public UserRules RulesOf(UserInfo user, string ns) => new([.. _policies.SelectMany(p => p.RulesOf(user, ns))], false, null);
}
