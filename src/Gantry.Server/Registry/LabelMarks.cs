using Gantry.Client.Selectors;

namespace Gantry.Server.Registry;

/// <summary>
/// Which labels an object may have, in 64 bits. A selector that asks for one label of thousands of objects is answered from these: looking into an
/// object costs a dozen places in memory that nothing else has touched of late.
/// </summary>
public static class LabelMarks
{
    /// <summary>The marks of an object.</summary>
    public static ulong Of(ReadOnlySpan<KeyValuePair<string, string>> labels)
    {
        var marks = 0UL;
        foreach (ref readonly var label in labels)
        {
            marks |= Of(label.Key) | Of(label.Key, label.Value);
        }

        return marks;
    }

    /// <summary>The marks that every object has which a selector matches; 0 where it only excludes.</summary>
    public static ulong Of(LabelSelector selector)
    {
        var marks = 0UL;
        foreach (var requirement in selector.Requirements)
        {
            marks |= requirement.Operator switch
            {
                LabelOperator.NotIn or LabelOperator.DoesNotExist => 0,
                LabelOperator.In when requirement.Values is [var value] => Of(requirement.Key) | Of(requirement.Key, value),
                _ => Of(requirement.Key),
            };
        }

        return marks;
    }

    private static ulong Of(string key) => 1UL << (key.GetHashCode(StringComparison.Ordinal) & 63);

    // Two bits, as most objects of a kind have the same keys and differ by values.
    private static ulong Of(string key, string value)
    {
        var hash = HashCode.Combine(key.GetHashCode(StringComparison.Ordinal), value.GetHashCode(StringComparison.Ordinal));
        return (1UL << (hash & 63)) | (1UL << ((hash >>> 6) & 63));
    }
}
