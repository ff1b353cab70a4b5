using System.Buffers;
using System.Text;
using System.Text.Json;
using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Controllers.History;

/// <summary>Pod templates as ControllerRevisions hold them: a strategic merge patch that brings the template back.</summary>
public static class RevisionData
{
    public static JsonElement Of(V1PodTemplateSpec template)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, ApiJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteStartObject("spec");
            json.WriteStartObject("template");
            json.WriteString("$patch", "replace");
            using var content = JsonDocument.Parse(ApiJson.Encode(template));
            foreach (var member in content.RootElement.EnumerateObject())
            {
                member.WriteTo(json);
            }

            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    /// <summary>The template in the revision; null when it holds none.</summary>
    public static V1PodTemplateSpec? Template(V1ControllerRevision revision)
    {
        if (revision.Data is not { ValueKind: JsonValueKind.Object } data || !data.TryGetProperty("spec", out var spec) || !spec.TryGetProperty("template", out var template))
        {
            return null;
        }

        return ApiJson.Decode<V1PodTemplateSpec>(Encoding.UTF8.GetBytes(template.GetRawText()));
    }
}
