using System.Text.Json;

namespace Gantry.Client.Http;

/// <summary>Makes one value of its JSON.</summary>
internal delegate T Decode<out T>(ReadOnlySpan<byte> json);

/// <summary>Reads the lists of the API.</summary>
internal static class ListJson
{
    public static ApiList<T> Decode<T>(ReadOnlySpan<byte> json, Decode<T> decode)
        where T : class
    {
        var items = new List<T>();
        var (version, next, remaining) = ("", "", (long?)null);
        var reader = new Utf8JsonReader(json);
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("metadata"u8))
            {
                reader.Read();
                (version, next, remaining) = Metadata(ref reader);
            }
            else if (reader.ValueTextEquals("items"u8))
            {
                reader.Read();
                Items(ref reader, json, decode, items);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return new ApiList<T>(items, version, next) { Remaining = remaining };
    }

    private static void Items<T>(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, Decode<T> decode, List<T> items)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            items.Add(decode(json[start..(int)reader.BytesConsumed]));
        }
    }

    private static (string Version, string Continue, long? Remaining) Metadata(ref Utf8JsonReader reader)
    {
        var (version, next, remaining) = ("", "", (long?)null);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "resourceVersion":
                    version = reader.GetString() ?? "";
                    break;
                case "continue":
                    next = reader.GetString() ?? "";
                    break;
                case "remainingItemCount" when reader.TokenType == JsonTokenType.Number:
                    remaining = reader.GetInt64();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return (version, next, remaining);
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || reader.TokenType != type)
        {
            throw new JsonException("the API answered something other than an object");
        }
    }
}
