using Gantry.Server.Authorization.Rbac;
using Gantry.Server.Requests;

namespace Gantry.Server.Authorization;

/// <summary>What an authorizer can tell of everything a user may do.</summary>
/// <param name="Rules">The rules it knows.</param>
/// <param name="IsIncomplete">Whether there may be more.</param>
/// <param name="Error">What went wrong, or why there may be more; null for nothing.</param>
public sealed record UserRules(IReadOnlyList<PolicyRule> Rules, bool IsIncomplete, string? Error)
{
    public static UserRules None { get; } = new([], false, null);
}

/// <summary>An authorizer that is asked what a user may do at all, not whether he may do one thing.</summary>
public interface IRuleSource
{
    /// <param name="user">The user.</param>
    /// <param name="ns">The namespace; what holds in the whole cluster counts, too.</param>
    UserRules RulesOf(UserInfo user, string ns);
}
