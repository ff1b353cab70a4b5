using System.Text.Json;
using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Client.Http;

/// <summary>Reads one line of a watch.</summary>
internal static class WatchJson
{
    /// <exception cref="ApiException">The line is an error of the server, such as 410 for a revision no longer kept.</exception>
    public static WatchEvent<T> Decode<T>(ReadOnlySpan<byte> line, Decode<T> decode, Func<T, string> version)
        where T : class
    {
        var type = "";
        ReadOnlySpan<byte> obj = default;
        var reader = new Utf8JsonReader(line);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            var isObject = reader.ValueTextEquals("object"u8);
            reader.Read();
            if (isType)
            {
                type = reader.GetString();
            }
            else
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                obj = isObject ? line[start..(int)reader.BytesConsumed] : obj;
            }
        }

        if (type == "ERROR")
        {
            throw new ApiException(ApiError.Of(ApiJson.Decode<V1Status>(obj)));
        }

        var value = decode(obj);
        return type switch
        {
            "ADDED" => new(WatchEventType.Added, value, version(value)),
            "MODIFIED" => new(WatchEventType.Modified, value, version(value)),
            "DELETED" => new(WatchEventType.Deleted, value, version(value)),
            "BOOKMARK" => new(WatchEventType.Bookmark, null, version(value)),
            _ => throw new JsonException($"a watch sent the unknown type \"{type}\""),
        };
    }
}
