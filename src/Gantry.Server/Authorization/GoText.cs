using System.Globalization;
using System.Text;

namespace Gantry.Server.Authorization;

/// <summary>Texts as Go's <c>%q</c> prints them, which messages of the API contain.</summary>
public static class GoText
{
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                < ' ' or '\x7f' => quoted.Append("\\x").Append(((int)c).ToString("x2", CultureInfo.InvariantCulture)),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>A list such as <c>["a" "b"]</c>.</summary>
    public static string List(IEnumerable<string> texts) => "[" + string.Join(' ', texts.Select(Quote)) + "]";

    /// <summary>Several errors as one text: each once, in brackets where there are several.</summary>
    public static string Aggregate(IEnumerable<string> errors)
    {
        var distinct = errors.Distinct(StringComparer.Ordinal).ToList();
        return distinct.Count == 1 ? distinct[0] : "[" + string.Join(", ", distinct) + "]";
    }
}
