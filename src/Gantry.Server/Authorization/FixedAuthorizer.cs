using Gantry.Server.Authorization.Rbac;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;

namespace Gantry.Server.Authorization;

/// <summary>Decides everything alike: allows it, or (for tests of clients) allows nothing.</summary>
public sealed class FixedAuthorizer : IAuthorizer, IRuleSource
{
    private readonly bool _allows;

    public FixedAuthorizer(bool allows)
    {
        _allows = allows;
    }

    public ValueTask<AuthorizationDecision> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellation) => ValueTask.FromResult(
        _allows ? new AuthorizationDecision(Opinion.Allow, "") : new AuthorizationDecision(Opinion.NoOpinion, "Everything is forbidden."));

    /// <inheritdoc/>
    public UserRules RulesOf(UserInfo user, string ns) => _allows ? new UserRules(PolicyRule.FullAuthority, false, null) : UserRules.None;
}
