using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Gantry.Api;

namespace Gantry.Server.Requests;

/// <summary>The query of a request: names and values in the order in which they came.</summary>
public sealed class RequestOptions
{
    private readonly IReadOnlyList<KeyValuePair<string, string>> _values;

    public RequestOptions(IReadOnlyList<KeyValuePair<string, string>> values)
    {
        _values = values;
    }

    public static RequestOptions None { get; } = new([]);

    /// <summary>The first value under that name, or an empty text.</summary>
    public string this[string name] => TryGet(name, out var value) ? value : "";

    public bool TryGet(string name, [NotNullWhen(true)] out string? value)
    {
        foreach (var pair in _values)
        {
            if (string.Equals(pair.Key, name, StringComparison.Ordinal))
            {
                value = pair.Value;
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <summary>Every value under that name.</summary>
    public IReadOnlyList<string> All(string name) =>
        [.. _values.Where(p => string.Equals(p.Key, name, StringComparison.Ordinal)).Select(p => p.Value)];

    /// <summary>Whether the option is set to something other than <c>false</c> or <c>0</c>; <c>?watch</c> alone counts.</summary>
    public bool Flag(string name) => TryGet(name, out var value) && value != "0" && !value.Equals("false", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a whole number.</summary>
    /// <param name="name">The option.</param>
    /// <param name="number">Null where the option is missing.</param>
    /// <returns>What is wrong with it, or null.</returns>
    public string? Number(string name, out long? number)
    {
        number = null;
        if (!TryGet(name, out var text))
        {
            return null;
        }

        if (GoInteger.TryParse(text, "ParseInt", out var value, out var error))
        {
            number = value;
        }

        return error;
    }

    /// <summary>Splits a query text (with or without its question mark); <c>+</c> is a space.</summary>
    public static RequestOptions Parse(string query)
    {
        var text = query.AsSpan().TrimStart('?');
        if (text.IsEmpty)
        {
            return None;
        }

        var values = new List<KeyValuePair<string, string>>();
        foreach (var range in text.Split('&'))
        {
            var part = text[range];
            if (part.IsEmpty)
            {
                continue;
            }

            // What is not written as it should be is left out, as the servers that clients know do.
            var equals = part.IndexOf('=');
            if (!part.Contains(';') && Decode(equals < 0 ? part : part[..equals]) is { } name && Decode(equals < 0 ? "" : part[(equals + 1)..]) is { } value)
            {
                values.Add(new(name, value));
            }
        }

        return new RequestOptions(values);
    }

    // Null where a percent sign is not followed by two digits.
    private static string? Decode(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAny('%', '+'))
        {
            return text.ToString();
        }

        for (var at = text.IndexOf('%'); at >= 0 && at < text.Length; at++)
        {
            if (text[at] == '%' && (at + 2 >= text.Length || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2])))
            {
                return null;
            }
        }

        return Uri.UnescapeDataString(text.ToString().Replace('+', ' '));
    }
}
