using Gantry.Server.Pipeline;
using Gantry.Server.Requests;

namespace Gantry.Server.Authorization;

/// <summary>Asks authorizers in order; the first opinion counts. Members of <c>system:masters</c> pass before anybody is asked.</summary>
public sealed class AuthorizerChain : IAuthorizer
{
    private readonly IReadOnlyList<IAuthorizer> _parts;
    private readonly IReadOnlyList<AuthorizationFigures.Tally>? _tallies;

    public AuthorizerChain(params IReadOnlyList<IAuthorizer> parts)
    {
        _parts = parts;
    }

    /// <param name="parts">Who is asked.</param>
    /// <param name="tallies">Where the decisions of each are counted.</param>
    internal AuthorizerChain(IReadOnlyList<IAuthorizer> parts, IReadOnlyList<AuthorizationFigures.Tally> tallies)
    {
        _parts = parts;
        _tallies = tallies;
    }

    public async ValueTask<AuthorizationDecision> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellation)
    {
        if (attributes.User.IsIn(UserInfo.MastersGroup))
        {
            return new AuthorizationDecision(Opinion.Allow, "");
        }

        List<string>? reasons = null;
        List<string>? errors = null;
        for (var i = 0; i < _parts.Count; i++)
        {
            var decision = await _parts[i].AuthorizeAsync(attributes, cancellation).ConfigureAwait(false);
            if (decision.Opinion != Opinion.NoOpinion)
            {
                _tallies?[i].Add(decision.Opinion == Opinion.Allow);
                return decision;
            }

            if (decision.Reason.Length > 0)
            {
                (reasons ??= []).Add(decision.Reason);
            }

            if (decision.Error is { } error)
            {
                (errors ??= []).Add(error);
            }
        }

        return new AuthorizationDecision(Opinion.NoOpinion, reasons is null ? "" : string.Join('\n', reasons))
        {
            Error = errors is null ? null : GoText.Aggregate(errors),
        };
    }
}
