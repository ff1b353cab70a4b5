using System.Diagnostics.CodeAnalysis;

namespace Gantry.Client.Selectors;

/// <summary>A conjunction of conditions on labels, as the <c>labelSelector</c> query parameter states it.</summary>
public sealed class LabelSelector
{
    public LabelSelector(IReadOnlyList<LabelRequirement> requirements)
    {
        Requirements = requirements;
    }

    /// <summary>Matches every object.</summary>
    public static LabelSelector Everything { get; } = new([]);

    public IReadOnlyList<LabelRequirement> Requirements { get; }

    public bool IsEverything => Requirements.Count == 0;

    /// <summary>Matches objects that carry all these labels with these values.</summary>
    public static LabelSelector Of(IEnumerable<KeyValuePair<string, string>> labels) =>
        new([.. labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => new LabelRequirement(l.Key, LabelOperator.In, [l.Value]))]);

    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        foreach (var requirement in Requirements)
        {
            if (!requirement.Matches(labels.TryGetValue(requirement.Key, out var value) ? value : null))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The same for labels in a small array, where a scan beats hashing.</summary>
    public bool Matches(ReadOnlySpan<KeyValuePair<string, string>> labels)
    {
        foreach (var requirement in Requirements)
        {
            string? found = null;
            foreach (ref readonly var label in labels)
            {
                if (string.Equals(label.Key, requirement.Key, StringComparison.Ordinal))
                {
                    found = label.Value;
                    break;
                }
            }

            if (!requirement.Matches(found))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads the text form: equality (<c>a=b</c>, <c>a!=b</c>), sets (<c>a in (b,c)</c>, <c>a notin (b)</c>), existence (<c>a</c>, <c>!a</c>), order (<c>a&gt;1</c>).</summary>
    /// <param name="text">May be empty, which matches everything.</param>
    /// <param name="selector">The selector.</param>
    /// <param name="error">What is wrong with the text.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out LabelSelector? selector, [NotNullWhen(false)] out string? error) =>
        new LabelSelectorParser(text).TryParse(out selector, out error);

    public override string ToString() => string.Join(',', Requirements);
}
