using System.Globalization;

namespace Gantry.Client.Selectors;

/// <summary>How a requirement compares a label.</summary>
public enum LabelOperator
{
    In,
    NotIn,
    Exists,
    DoesNotExist,
    GreaterThan,
    LessThan,
}

/// <summary>One condition on one label. The values of <see cref="LabelOperator.Exists"/> and its opposite are empty.</summary>
public sealed record LabelRequirement(string Key, LabelOperator Operator, IReadOnlyList<string> Values)
{
    /// <param name="value">The label's value, or null when the object has no such label.</param>
    public bool Matches(string? value) => Operator switch
    {
        LabelOperator.In => value is not null && IsListed(value),
        LabelOperator.NotIn => value is null || !IsListed(value),
        LabelOperator.Exists => value is not null,
        LabelOperator.DoesNotExist => value is null,
        _ => Compare(value),
    };

    public override string ToString() => Operator switch
    {
        LabelOperator.Exists => Key,
        LabelOperator.DoesNotExist => "!" + Key,
        LabelOperator.In when Values.Count == 1 => Key + "=" + Values[0],
        LabelOperator.NotIn when Values.Count == 1 => Key + "!=" + Values[0],
        LabelOperator.GreaterThan => Key + ">" + Values[0],
        LabelOperator.LessThan => Key + "<" + Values[0],
        _ => Key + (Operator == LabelOperator.In ? " in (" : " notin (") + string.Join(',', Values.Order(StringComparer.Ordinal)) + ")",
    };

    // Asked of thousands of objects at a time, mostly of one value.
    private bool IsListed(string value)
    {
        for (var at = 0; at < Values.Count; at++)
        {
            if (string.Equals(Values[at], value, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private bool Compare(string? value)
    {
        if (!long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var have)
            || !long.TryParse(Values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var limit))
        {
            return false;
        }

        return Operator == LabelOperator.GreaterThan ? have > limit : have < limit;
    }
}
