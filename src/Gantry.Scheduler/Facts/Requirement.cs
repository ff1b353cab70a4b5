using System.Globalization;

namespace Gantry.Scheduler.Facts;

/// <summary>One condition on a set of labels; the same type serves label selectors and node selectors.</summary>
public sealed class Requirement
{
    private readonly string[] _values;
    private readonly long _bound;
    private readonly bool _boundValid;

    /// <param name="key">The label's key.</param>
    /// <param name="comparison">GreaterThan and LessThan compare base-10 integers and need exactly one value; anything else never matches.</param>
    /// <param name="values">Ignored by Exists and DoesNotExist.</param>
    public Requirement(string key, Comparison comparison, params string[] values)
    {
        Key = key;
        Comparison = comparison;
        _values = values;
        _boundValid = values.Length == 1 && long.TryParse(values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _bound);
    }

    public string Key { get; }

    public Comparison Comparison { get; }

    public IReadOnlyList<string> Values => _values;

    /// <summary>True when the labels satisfy this condition. A missing label satisfies NotIn and DoesNotExist only.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        labels.TryGetValue(Key, out var value);
        return MatchesValue(value);
    }

    /// <summary>The same, with the label's value already looked up; null means the label is absent.</summary>
    public bool MatchesValue(string? value) => Comparison switch
    {
        Comparison.In => value is not null && Contains(value),
        Comparison.NotIn => value is null || !Contains(value),
        Comparison.Exists => value is not null,
        Comparison.DoesNotExist => value is null,
        Comparison.GreaterThan => TryNumber(value, out var number) && number > _bound,
        Comparison.LessThan => TryNumber(value, out var number) && number < _bound,
        _ => false,
    };

    public override string ToString()
    {
        var sorted = (string[])_values.Clone();
        Array.Sort(sorted, StringComparer.Ordinal);
        return $"{Key} {Comparison} ({string.Join(',', sorted)})";
    }

    private bool TryNumber(string? value, out long number)
    {
        number = 0;
        return _boundValid && value is not null
            && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }

    private bool Contains(string value)
    {
        foreach (var candidate in _values)
        {
            if (string.Equals(candidate, value, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
