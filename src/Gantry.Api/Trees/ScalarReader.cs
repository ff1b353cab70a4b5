using System.Text.Json;
using Gantry.Api.Schemas;

namespace Gantry.Api.Trees;

/// <summary>Reads one scalar token as a kind of value, in the form in which the API prints it.</summary>
internal static class ScalarReader
{
    /// <summary>Null without an error when the token has the wrong JSON type.</summary>
    public static Tree? Read(ref Utf8JsonReader reader, ValueKind kind, out string? error)
    {
        error = null;
        switch (kind)
        {
            case ValueKind.String:
                return reader.TokenType == JsonTokenType.String ? TreeJson.String(ref reader) : null;
            case ValueKind.Bool:
                return reader.TokenType switch { JsonTokenType.True => TreeBool.True, JsonTokenType.False => TreeBool.False, _ => null };
            case ValueKind.Int32:
                return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var small) ? TreeInteger.Of(small) : null;
            case ValueKind.Int64:
                return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var large) ? TreeInteger.Of(large) : null;
            case ValueKind.Double:
                return reader.TokenType != JsonTokenType.Number ? null
                    : reader.TryGetInt64(out var whole) ? TreeInteger.Of(whole) : new TreeFloat(reader.GetDouble());
            case ValueKind.IntOrString:
                return reader.TokenType == JsonTokenType.String ? TreeJson.String(ref reader)
                    : reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var port) ? TreeInteger.Of(port) : null;
            case ValueKind.Quantity:
                return Amount(ref reader, out error);
        }
        if (reader.TokenType != JsonTokenType.String)
        {
            return null;
        }
        var text = TreeJson.Text(ref reader);
        return kind switch
        {
            ValueKind.Bytes => Base64Text.Read(text, out error),
            ValueKind.Duration => Duration(text, out error),
            _ => Time(text, kind, out error),
        };
    }

    private static TreeString? Amount(ref Utf8JsonReader reader, out string? error)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number))
        {
            error = Quantity.WrongFormat;
            return null;
        }
        var text = reader.TokenType == JsonTokenType.String ? TreeJson.Text(ref reader).Trim() : JsonText.Raw(ref reader);
        return Quantity.TryParse(text, out var amount, out error) ? new TreeString(amount.ToString()) : null;
    }

    private static TreeString? Duration(string text, out string? error)
    {
        if (!GoDuration.TryParse(text, out var nanoseconds, out error))
        {
            return null;
        }
        var printed = GoDuration.Format(nanoseconds);
        return new TreeString(printed);
    }

    private static TreeString? Time(string text, ValueKind kind, out string? error)
    {
        var micro = kind == ValueKind.MicroTime;
        if (!ApiTimes.TryParse(text, micro ? ApiTimes.MicroTimeLayout : ApiTimes.TimeLayout, out var time, out error))
        {
            return null;
        }
        if (text.Length == (micro ? 27 : 20) && text[^1] == 'Z')
        {
            return new TreeString(text);
        }
        return new TreeString(micro ? ApiTimes.FormatMicro(time) : ApiTimes.Format(time));
    }
}
