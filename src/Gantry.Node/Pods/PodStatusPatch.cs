using System.Text.Json;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Client;

namespace Gantry.Node.Pods;

/// <summary>The difference of two statuses of a pod as a strategic merge patch, which leaves other people's conditions alone.</summary>
public static class PodStatusPatch
{
    private static readonly string[] MergedByAddress = ["podIPs", "hostIPs"];

    /// <summary>Null when nothing the node owns differs.</summary>
    /// <param name="uid">The patch is refused when the name belongs to another pod by now.</param>
    /// <param name="old">What the API has.</param>
    /// <param name="now">What it should have.</param>
    public static PatchBody? Between(string uid, V1PodStatus old, V1PodStatus now)
    {
        var conditions = now.Conditions.Where(c => PodStatuses.Own.Contains(c.Type, StringComparer.Ordinal) && !old.Conditions.Contains(c)).ToList();
        if (conditions.Count == 0 && (old with { Conditions = [] }).Equals(now with { Conditions = [] }))
        {
            return null;
        }

        using var before = JsonDocument.Parse(ApiJson.Encode(old with { Conditions = [] }));
        using var after = JsonDocument.Parse(ApiJson.Encode(now with { Conditions = [] }));
        return PatchBody.Write(PatchType.StrategicMerge, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteString("uid", uid);
            json.WriteEndObject();
            json.WriteStartObject("status");
            if (conditions.Count > 0)
            {
                json.WritePropertyName("conditions");
                JsonModel.WriteList(json, conditions, (writer, c) => WriteCondition(writer, c, old));
            }

            WriteFields(json, before.RootElement, after.RootElement);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    // A merge keeps what the patch does not name, so words that are gone are named as null.
    private static void WriteCondition(Utf8JsonWriter json, V1PodCondition condition, V1PodStatus old)
    {
        using var text = JsonDocument.Parse(ApiJson.Encode(condition));
        json.WriteStartObject();
        foreach (var member in text.RootElement.EnumerateObject())
        {
            member.WriteTo(json);
        }

        if (old.Conditions.FirstOrDefault(c => c.Type == condition.Type) is { } before)
        {
            if (before.Reason.Length > 0 && condition.Reason.Length == 0)
            {
                json.WriteNull("reason");
            }

            if (before.Message.Length > 0 && condition.Message.Length == 0)
            {
                json.WriteNull("message");
            }
        }

        json.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter json, JsonElement before, JsonElement after)
    {
        foreach (var member in before.EnumerateObject().Where(m => !after.TryGetProperty(m.Name, out _)))
        {
            json.WriteNull(member.Name);
        }

        foreach (var member in after.EnumerateObject())
        {
            if (before.TryGetProperty(member.Name, out var old) && JsonElement.DeepEquals(old, member.Value))
            {
                continue;
            }

            json.WritePropertyName(member.Name);
            if (!MergedByAddress.Contains(member.Name, StringComparer.Ordinal))
            {
                member.Value.WriteTo(json);
                continue;
            }

            json.WriteStartArray();
            json.WriteStartObject();
            json.WriteString("$patch", "replace");
            json.WriteEndObject();
            foreach (var item in member.Value.EnumerateArray())
            {
                item.WriteTo(json);
            }

            json.WriteEndArray();
        }
    }
}
