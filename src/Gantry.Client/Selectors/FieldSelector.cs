using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Gantry.Client.Selectors;

/// <summary>One condition on one field.</summary>
public sealed record FieldRequirement(string Field, bool Equal, string Value)
{
    public override string ToString() => Field + (Equal ? "=" : "!=") + Value;
}

/// <summary>A conjunction of equalities on fields, as the <c>fieldSelector</c> query parameter states it.</summary>
public sealed class FieldSelector
{
    public FieldSelector(IReadOnlyList<FieldRequirement> requirements)
    {
        Requirements = requirements;
    }

    public static FieldSelector Everything { get; } = new([]);

    public IReadOnlyList<FieldRequirement> Requirements { get; }

    public bool IsEverything => Requirements.Count == 0;

    /// <param name="read">Gives a field's text, empty where it is unset.</param>
    public bool Matches(Func<string, string> read)
    {
        foreach (var requirement in Requirements)
        {
            if (string.Equals(read(requirement.Field), requirement.Value, StringComparison.Ordinal) != requirement.Equal)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The value the field must have, or null where the selector does not fix it.</summary>
    public string? Exact(string field) =>
        Requirements.FirstOrDefault(r => r.Equal && string.Equals(r.Field, field, StringComparison.Ordinal))?.Value;

    /// <summary>Reads <c>a=b,c!=d</c>; backslash escapes a comma, an equals sign and itself.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out FieldSelector? selector, [NotNullWhen(false)] out string? error)
    {
        selector = null;
        error = null;
        var requirements = new List<FieldRequirement>();
        // In order, so that the first complaint does not depend on how the terms were written.
        foreach (var term in Terms(text).Order(StringComparer.Ordinal))
        {
            if (term.Length == 0)
            {
                continue;
            }

            var (field, equal, value) = Split(term);
            if (field is null)
            {
                error = $"invalid selector: '{text}'; can't understand '{term}'";
                return false;
            }

            if (Problem(value) is { } problem)
            {
                error = "invalid field selector: " + problem;
                return false;
            }

            requirements.Add(new FieldRequirement(field, equal, Unescape(value)));
        }

        selector = requirements.Count == 0 ? Everything : new FieldSelector(requirements);
        return true;
    }

    public override string ToString() => string.Join(',', Requirements);

    private static IEnumerable<string> Terms(string text)
    {
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == ',')
            {
                yield return text[start..i];
                start = i + 1;
            }
        }

        yield return text[start..];
    }

    private static (string? Field, bool Equal, string Value) Split(string term)
    {
        for (var i = 0; i < term.Length; i++)
        {
            foreach (var (sign, equal) in (ReadOnlySpan<(string, bool)>)[("!=", false), ("==", true), ("=", true)])
            {
                if (string.CompareOrdinal(term, i, sign, 0, sign.Length) == 0)
                {
                    return (term[..i], equal, term[(i + sign.Length)..]);
                }
            }
        }

        return (null, false, "");
    }

    private static string? Problem(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            switch (value[i])
            {
                case '\\' when i + 1 == value.Length:
                    return "invalid escape sequence: \\";
                case '\\' when value[i + 1] is '\\' or ',' or '=':
                    i++;
                    break;
                case '\\':
                    return $"invalid escape sequence: {value.AsSpan(i, 2)}";
                case ',' or '=':
                    return System.FormattableString.Invariant($"unescaped character in value: {(int)value[i]}");
            }
        }

        return null;
    }

    private static string Unescape(string value)
    {
        if (!value.Contains('\\'))
        {
            return value;
        }

        var plain = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\' && i + 1 < value.Length)
            {
                i++;
            }

            plain.Append(value[i]);
        }

        return plain.ToString();
    }
}
