using Gantry.Api.Cel;
using Gantry.Api.Models;
using Gantry.Server.Authorization;

namespace Gantry.Server.Admission.Policies;

/// <summary>The conditions under which a webhook or a policy is about a request, as expressions.</summary>
internal static class MatchConditions
{
    /// <summary>What all conditions of one webhook may cost together.</summary>
    private const long Budget = 2_500_000;

    public static IReadOnlyList<PolicyExpression> Compile(IReadOnlyList<V1MatchCondition> conditions, CelEnvironment environment) =>
        [.. conditions.Select(c => PolicyExpression.Compile(environment, c.Expression, CelType.Bool))];

    /// <summary>Whether all conditions hold: one that does not ends the matter, whatever is wrong with others.</summary>
    /// <param name="conditions">The conditions.</param>
    /// <param name="scope">What their variables stand for.</param>
    /// <param name="mayFail">Whether conditions that cannot be computed count as not met instead of as an error.</param>
    /// <param name="cancellation">Stops computing.</param>
    /// <returns>Whether they hold; or why nobody can tell.</returns>
    public static (bool Match, string? Error) Check(IReadOnlyList<PolicyExpression> conditions, PolicyScope scope, bool mayFail, CancellationToken cancellation)
    {
        var budget = Budget;
        var errors = new List<string>();
        try
        {
            var values = conditions.Select(c => c.Evaluate(scope, ref budget, cancellation)).ToList();
            foreach (var (value, error) in values)
            {
                if (error is not null)
                {
                    errors.Add(error);
                }
                else if (value is { Kind: CelKind.Bool, Bool: false })
                {
                    return (false, null);
                }
            }
        }
        catch (PolicyBudgetException e)
        {
            errors = [e.Message];
        }

        return errors.Count == 0 ? (true, null) : mayFail ? (false, null) : (false, GoText.Aggregate(errors));
    }
}
