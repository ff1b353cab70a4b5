using Gantry.Api.Models;
using Gantry.Client.Selectors;

namespace Gantry.Controllers.Objects;

/// <summary>Selectors as objects hold them, as selectors to match with.</summary>
public static class Selecting
{
    /// <summary>The selector; null (which matches nothing) when it is absent or has an operator that does not exist.</summary>
    public static LabelSelector? Of(V1LabelSelector? selector)
    {
        if (selector is null)
        {
            return null;
        }

        var requirements = selector.MatchLabels.OrderBy(l => l.Key, StringComparer.Ordinal)
            .Select(l => new LabelRequirement(l.Key, LabelOperator.In, [l.Value])).ToList();
        foreach (var expression in selector.MatchExpressions)
        {
            LabelOperator? op = expression.Operator switch
            {
                "In" => LabelOperator.In,
                "NotIn" => LabelOperator.NotIn,
                "Exists" => LabelOperator.Exists,
                "DoesNotExist" => LabelOperator.DoesNotExist,
                _ => null,
            };
            if (op is null)
            {
                return null;
            }

            requirements.Add(new LabelRequirement(expression.Key, op.Value, expression.Values));
        }

        return new LabelSelector(requirements);
    }

    /// <summary>A selector that must be there and not be empty (which would select the whole namespace); null otherwise.</summary>
    public static LabelSelector? NotEmpty(V1LabelSelector? selector) => Of(selector) is { IsEverything: false } found ? found : null;
}
