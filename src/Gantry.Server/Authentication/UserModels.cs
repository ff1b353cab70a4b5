using System.Text.Json;
using Gantry.Api.Models;
using Gantry.Server.Requests;

namespace Gantry.Server.Authentication;

/// <summary>Users as API objects show them.</summary>
public static class UserModels
{
    public static V1UserInfo Of(UserInfo user) => new()
    {
        Username = user.Name,
        Uid = user.Uid,
        Groups = user.Groups,
        Extra = user.Extra.ToDictionary(e => e.Key, e => Texts(e.Value), StringComparer.Ordinal),
    };

    /// <summary>Extra values of an object; what is no list of texts counts as empty.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Extra(IReadOnlyDictionary<string, JsonElement> extra) =>
        extra.ToDictionary(e => e.Key, e => Texts(e.Value), StringComparer.Ordinal);

    private static IReadOnlyList<string> Texts(JsonElement value) => value.ValueKind == JsonValueKind.Array
        ? [.. value.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString() ?? "")]
        : [];

    private static JsonElement Texts(IReadOnlyList<string> values)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var value in values)
            {
                json.WriteStringValue(value);
            }

            json.WriteEndArray();
        }

        using var document = JsonDocument.Parse(buffer.ToArray());
        return document.RootElement.Clone();
    }
}
