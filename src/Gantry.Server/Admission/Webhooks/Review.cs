using System.Buffers;
using System.Text.Json;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Server.Authentication;
using Gantry.Server.Pipeline;

namespace Gantry.Server.Admission.Webhooks;

/// <summary>What a webhook said.</summary>
/// <param name="Allowed">Whether the request may go on.</param>
/// <param name="Status">Why not, as far as it told.</param>
/// <param name="Patch">A JSON patch of the object; null for none.</param>
/// <param name="Warnings">For the client.</param>
internal sealed record Verdict(bool Allowed, V1Status? Status, byte[]? Patch, IReadOnlyList<string> Warnings);

/// <summary>The question to a webhook and its answer (AdmissionReview, admission.k8s.io/v1).</summary>
internal static class Review
{
    private const string ApiVersion = "admission.k8s.io/v1";

    /// <summary>The question as JSON.</summary>
    /// <param name="uid">Comes back in the answer.</param>
    /// <param name="request">What is asked about.</param>
    /// <param name="value">The object as JSON; null on delete.</param>
    public static byte[] Question(string uid, AdmissionRequest request, byte[]? value)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var json = new Utf8JsonWriter(buffer, ApiJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("kind", "AdmissionReview");
            json.WriteString("apiVersion", ApiVersion);
            json.WriteStartObject("request");
            json.WriteString("uid", uid);
            Names(json, request);
            json.WriteString("name", request.Name);
            if (request.Namespace.Length > 0)
            {
                json.WriteString("namespace", request.Namespace);
            }

            json.WriteString("operation", request.Verb);
            json.WritePropertyName("userInfo");
            UserModels.Of(request.User).Write(json);
            Object(json, "object", value);
            Object(json, "oldObject", request.Old is null ? null : ApiJson.Encode(request.Old));
            json.WriteBoolean("dryRun", request.DryRun);
            json.WriteStartObject("options");
            json.WriteString("kind", request.Operation switch { AdmissionOperation.Create => "CreateOptions", AdmissionOperation.Delete => "DeleteOptions", _ => "UpdateOptions" });
            json.WriteString("apiVersion", "meta.k8s.io/v1");
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads the answer.</summary>
    /// <returns>The verdict, or what is wrong with the answer.</returns>
    public static (Verdict? Verdict, string? Problem) Answer(ReadOnlySpan<byte> body, string uid)
    {
        try
        {
            using var document = JsonDocument.Parse(body.ToArray());
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("response", out var response) || response.ValueKind != JsonValueKind.Object)
            {
                return (null, "webhook response was absent");
            }

            if (Text(root, "apiVersion") != ApiVersion || Text(root, "kind") != "AdmissionReview")
            {
                return (null, $"expected webhook response of {ApiVersion}, Kind=AdmissionReview, got {Text(root, "apiVersion")}, Kind={Text(root, "kind")}");
            }

            if (Text(response, "uid") != uid)
            {
                return (null, $"expected response.uid={uid}, got {Text(response, "uid")}");
            }

            var allowed = response.TryGetProperty("allowed", out var flag) && flag.ValueKind == JsonValueKind.True;
            var status = response.TryGetProperty("status", out var given) && given.ValueKind == JsonValueKind.Object
                ? ApiJson.Decode<V1Status>(System.Text.Encoding.UTF8.GetBytes(given.GetRawText())) : null;
            byte[]? patch = null;
            if (Text(response, "patch") is { Length: > 0 } encoded)
            {
                if (Text(response, "patchType") != "JSONPatch")
                {
                    return (null, $"webhook returned invalid response.patchType of \"{Text(response, "patchType")}\"");
                }

                patch = Convert.FromBase64String(encoded);
            }

            var warnings = response.TryGetProperty("warnings", out var list) && list.ValueKind == JsonValueKind.Array
                ? list.EnumerateArray().Where(w => w.ValueKind == JsonValueKind.String).Select(w => w.GetString()!).ToList() : [];
            return (new Verdict(allowed, status, patch, warnings), null);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return (null, "the answer is no AdmissionReview: " + e.Message);
        }
    }

    private static void Names(Utf8JsonWriter json, AdmissionRequest request)
    {
        var type = request.Type;
        foreach (var prefix in (ReadOnlySpan<string>)["", "request"])
        {
            json.WriteStartObject(prefix.Length == 0 ? "kind" : "requestKind");
            json.WriteString("group", type.Group);
            json.WriteString("version", type.Version);
            json.WriteString("kind", type.Kind);
            json.WriteEndObject();
            json.WriteStartObject(prefix.Length == 0 ? "resource" : "requestResource");
            json.WriteString("group", type.Group);
            json.WriteString("version", type.Version);
            json.WriteString("resource", type.Plural);
            json.WriteEndObject();
            if (request.Subresource.Length > 0)
            {
                json.WriteString(prefix.Length == 0 ? "subResource" : "requestSubResource", request.Subresource);
            }
        }
    }

    private static void Object(Utf8JsonWriter json, string name, byte[]? value)
    {
        json.WritePropertyName(name);
        if (value is null)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteRawValue(value, skipInputValidation: true);
        }
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";
}
