using System.Text;
using System.Text.Json;

namespace Gantry.Api.Trees;

/// <summary>What a body says it is, read without reading the rest.</summary>
/// <param name="ApiVersion">Empty where the body does not say.</param>
/// <param name="Kind">Empty where the body does not say.</param>
/// <param name="Error">The Go server's words when the body is no JSON object, else null.</param>
public readonly record struct ObjectHeader(string ApiVersion, string Kind, string? Error)
{
    private const string Where = "couldn't get version/kind; json parse error: ";

    /// <param name="json">A whole body in UTF-8.</param>
    public static ObjectHeader Read(ReadOnlySpan<byte> json)
    {
        string apiVersion = "", kind = "";
        var reader = new Utf8JsonReader(json, TreeJson.ReaderOptions);
        try
        {
            reader.Read();
            if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.Null))
            {
                return Wrong(json, ref reader, "Go value of type struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }");
            }
            while (reader.TokenType != JsonTokenType.Null && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isKind = Names(ref reader, "kind"u8, "kind");
                var isVersion = !isKind && Names(ref reader, "apiVersion"u8, "apiVersion");
                reader.Read();
                if ((isKind || isVersion) && reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
                {
                    return Wrong(json, ref reader, $"Go struct field .{(isKind ? "kind" : "apiVersion")} of type string");
                }
                if (isKind)
                {
                    kind = reader.TokenType == JsonTokenType.Null ? "" : TreeJson.Text(ref reader);
                }
                else if (isVersion)
                {
                    apiVersion = reader.TokenType == JsonTokenType.Null ? "" : TreeJson.Text(ref reader);
                }
                reader.Skip();
            }
            reader.Read();
        }
        catch (JsonException)
        {
            return new("", "", Where + (JsonSyntax.Explain(json) ?? "invalid JSON"));
        }
        return apiVersion.Count('/') > 1 ? new("", "", "unexpected GroupVersion string: " + apiVersion) : new(apiVersion, kind, null);
    }

    // Go's own decoder, which reads only these two, does not mind their case.
    private static bool Names(ref Utf8JsonReader reader, ReadOnlySpan<byte> name, string text) =>
        reader.ValueIsEscaped ? string.Equals(TreeJson.Text(ref reader), text, StringComparison.OrdinalIgnoreCase)
            : reader.ValueSpan.Length == name.Length && Ascii.EqualsIgnoreCase(reader.ValueSpan, name);

    // Whether the text is JSON at all comes before what it holds.
    private static ObjectHeader Wrong(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, string into)
    {
        if (JsonSyntax.Explain(json) is { } syntax)
        {
            return new("", "", Where + syntax);
        }
        var found = reader.TokenType switch
        {
            JsonTokenType.StartObject => "object",
            JsonTokenType.StartArray => "array",
            JsonTokenType.String => "string",
            JsonTokenType.Number => "number",
            _ => "bool",
        };
        return new("", "", $"{Where}json: cannot unmarshal {found} into {into}");
    }
}
