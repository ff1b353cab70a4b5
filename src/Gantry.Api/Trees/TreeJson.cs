using System.Text;
using System.Text.Json;

namespace Gantry.Api.Trees;

/// <summary>Trees from and to JSON without a schema.</summary>
public static class TreeJson
{
    /// <summary>How deep objects and lists may nest; deeper input is refused before it can exhaust the stack.</summary>
    public const int MaxDepth = 512;

    internal static JsonReaderOptions ReaderOptions { get; } = new() { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Disallow };

    /// <summary>Reads one JSON value; of keys that stand twice the last one counts.</summary>
    /// <param name="json">UTF-8; bytes that are not become U+FFFD.</param>
    /// <exception cref="TreeException">The text is not JSON; in Go's words.</exception>
    public static Tree Parse(ReadOnlySpan<byte> json) => Parse(json, out bool _);

    /// <param name="json">UTF-8; bytes that are not become U+FFFD.</param>
    /// <param name="duplicates">Keys that stand twice in an object, in the words of the Go server's strict decoder.</param>
    /// <inheritdoc cref="Parse(ReadOnlySpan{byte})"/>
    public static Tree Parse(ReadOnlySpan<byte> json, out IReadOnlyList<string> duplicates)
    {
        var tree = Parse(json, out bool repeats);
        duplicates = repeats ? DecodeRun.Duplicates(json) : [];
        return tree;
    }

    /// <param name="json">UTF-8; bytes that are not become U+FFFD.</param>
    /// <param name="repeats">Whether an object has a key twice.</param>
    /// <inheritdoc cref="Parse(ReadOnlySpan{byte})"/>
    internal static Tree Parse(ReadOnlySpan<byte> json, out bool repeats)
    {
        var reader = new Utf8JsonReader(json, ReaderOptions);
        repeats = false;
        try
        {
            reader.Read();
            var tree = Value(ref reader, ref repeats);
            reader.Read();
            return tree;
        }
        catch (JsonException e)
        {
            throw new TreeException(JsonSyntax.Explain(json) ?? "invalid JSON", e);
        }
    }

    public static Tree Parse(string json) => Parse(Encoding.UTF8.GetBytes(json));

    /// <summary>Compact UTF-8 JSON, keys in the order they have in the tree.</summary>
    public static byte[] Write(Tree tree)
    {
        using var output = new JsonOutput();
        Write(output, tree);
        return output.Written.ToArray();
    }

    public static string WriteText(Tree tree)
    {
        using var output = new JsonOutput();
        Write(output, tree);
        return Encoding.UTF8.GetString(output.Written);
    }

    internal static void Write(JsonOutput output, Tree tree)
    {
        switch (tree)
        {
            case TreeString text:
                output.String(text.Value);
                break;
            case TreeMap map:
                output.Byte('{');
                for (var i = 0; i < map.Count; i++)
                {
                    if (i > 0)
                    {
                        output.Byte(',');
                    }
                    output.String(map.KeyAt(i));
                    output.Byte(':');
                    Write(output, map.ValueAt(i));
                }
                output.Byte('}');
                break;
            case TreeList list:
                output.Byte('[');
                for (var i = 0; i < list.Count; i++)
                {
                    if (i > 0)
                    {
                        output.Byte(',');
                    }
                    Write(output, list[i]);
                }
                output.Byte(']');
                break;
            case TreeInteger integer:
                output.Integer(integer.Value);
                break;
            case TreeFloat real:
                output.Float(real.Value);
                break;
            case TreeBool flag:
                output.Ascii(flag.Value ? "true"u8 : "false"u8);
                break;
            default:
                output.Ascii("null"u8);
                break;
        }
    }

    /// <summary>The value at which the reader stands; leaves it at the value's last token.</summary>
    internal static Tree Value(ref Utf8JsonReader reader)
    {
        var repeats = false;
        return Value(ref reader, ref repeats);
    }

    private static Tree Value(ref Utf8JsonReader reader, ref bool repeats)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var map = new TreeMap();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var key = Text(ref reader);
                    reader.Read();
                    var value = Value(ref reader, ref repeats);
                    var at = map.IndexOf(key);
                    if (at < 0)
                    {
                        map.Add(key, value);
                        continue;
                    }
                    map.SetAt(at, value);
                    repeats = true;
                }
                return map;
            case JsonTokenType.StartArray:
                var list = new TreeList();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    list.Add(Value(ref reader, ref repeats));
                }
                return list;
            case JsonTokenType.String:
                return String(ref reader);
            case JsonTokenType.Number:
                return reader.TryGetInt64(out var integer) ? TreeInteger.Of(integer) : new TreeFloat(reader.GetDouble());
            case JsonTokenType.True:
                return TreeBool.True;
            case JsonTokenType.False:
                return TreeBool.False;
            default:
                return TreeNull.Instance;
        }
    }

    internal static TreeString String(ref Utf8JsonReader reader)
    {
        var text = Text(ref reader);
        return text.Length == 0 ? TreeString.Empty : new TreeString(text);
    }

    /// <summary>The current string or key; what is not UTF-8 or is half a surrogate pair becomes U+FFFD, as Go has it.</summary>
    internal static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Lenient(reader.ValueSpan);
        }
    }

    private static string Lenient(ReadOnlySpan<byte> escaped)
    {
        var raw = Encoding.UTF8.GetString(escaped);
        var text = new StringBuilder(raw.Length);
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\')
            {
                text.Append(raw[i]);
                continue;
            }
            i++;
            if (raw[i] == 'u')
            {
                text.Append((char)Convert.ToUInt16(raw.Substring(i + 1, 4), 16));
                i += 4;
            }
            else
            {
                text.Append(raw[i] switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', var c => c });
            }
        }
        // Encoding and decoding once replaces what is left of broken pairs.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
