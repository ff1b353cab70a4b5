using Gantry.Api.Models;
using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.Reading;

/// <summary>Compiles the API's selectors. The API has validated them; an operator it would not accept matches nothing.</summary>
internal static class SelectorReader
{
    /// <summary>A label selector; an absent one becomes <paramref name="absent"/>.</summary>
    public static Selector Read(V1LabelSelector? selector, Selector absent)
    {
        if (selector is null)
        {
            return absent;
        }

        var requirements = new List<Requirement>(selector.MatchLabels.Count + selector.MatchExpressions.Count);
        foreach (var (key, value) in selector.MatchLabels)
        {
            requirements.Add(new Requirement(key, Comparison.In, value));
        }

        foreach (var expression in selector.MatchExpressions)
        {
            requirements.Add(Read(expression.Key, expression.Operator, expression.Values));
        }

        return Selector.Of([.. requirements]);
    }

    public static NodeTerm[] Read(V1NodeSelector selector) => [.. selector.NodeSelectorTerms.Select(Read)];

    public static NodeTerm Read(V1NodeSelectorTerm term) => new(
        [.. term.MatchExpressions.Select(e => Read(e.Key, e.Operator, e.Values))],
        [.. term.MatchFields.Select(e => Read(e.Key, e.Operator, e.Values))]);

    private static Requirement Read(string key, string comparison, IReadOnlyList<string> values) => comparison switch
    {
        "In" => new Requirement(key, Comparison.In, [.. values]),
        "NotIn" => new Requirement(key, Comparison.NotIn, [.. values]),
        "Exists" => new Requirement(key, Comparison.Exists),
        "DoesNotExist" => new Requirement(key, Comparison.DoesNotExist),
        "Gt" => new Requirement(key, Comparison.GreaterThan, [.. values]),
        "Lt" => new Requirement(key, Comparison.LessThan, [.. values]),
        _ => new Requirement(key, Comparison.In),
    };
}
