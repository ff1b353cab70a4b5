using System.Text.Json;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Admission.Matching;
using Gantry.Server.Pipeline;

namespace Gantry.Server.Admission.Webhooks;

/// <summary>What a webhook said.</summary>
/// <param name="Allowed">Whether the request may go on.</param>
/// <param name="Status">Why not, as far as it told.</param>
/// <param name="Patch">A JSON patch of the object; null for none.</param>
/// <param name="Warnings">For the client.</param>
/// <param name="Annotations">For the audit log.</param>
internal sealed record Verdict(
    bool Allowed, V1Status? Status, byte[]? Patch, IReadOnlyList<string> Warnings, IReadOnlyList<KeyValuePair<string, string>> Annotations);

/// <summary>The question to a webhook and its answer (AdmissionReview of admission.k8s.io, v1 or v1beta1).</summary>
internal static class Review
{
    /// <summary>The question as JSON.</summary>
    /// <param name="version"><c>v1</c> or <c>v1beta1</c>.</param>
    /// <param name="uid">Comes back in the answer.</param>
    /// <param name="request">What is asked about.</param>
    /// <param name="shown">As what it is shown.</param>
    /// <param name="value">The object.</param>
    public static byte[] Question(string version, string uid, AdmissionRequest request, Invocation shown, ReviewedObject value)
    {
        var description = TreeJson.Write(RequestDescription.Of(request, shown));
        using var json = new MemoryStream(description.Length + 1024);
        json.Write("{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/"u8);
        json.Write(System.Text.Encoding.ASCII.GetBytes(version));
        json.Write("\",\"request\":{\"uid\":\""u8);
        json.Write(System.Text.Encoding.ASCII.GetBytes(uid));
        json.Write("\","u8);
        json.Write(description.AsSpan(1, description.Length - 2));
        json.Write(",\"object\":"u8);
        json.Write(value.Json(shown.Kind) ?? "null"u8);
        json.Write(",\"oldObject\":"u8);
        json.Write(value.OldJson(shown.Kind) ?? "null"u8);
        json.Write("}}"u8);
        return json.ToArray();
    }

    /// <summary>Reads the answer.</summary>
    /// <param name="body">As it came.</param>
    /// <param name="version">The version that was asked in.</param>
    /// <param name="uid">The question's.</param>
    /// <param name="mutates">Whether a patch is allowed.</param>
    /// <returns>The verdict, or what is wrong with the answer in Kubernetes' words.</returns>
    public static (Verdict? Verdict, string? Problem) Answer(ReadOnlySpan<byte> body, string version, string uid, bool mutates)
    {
        try
        {
            using var document = JsonDocument.Parse(body.ToArray());
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("response", out var response) || response.ValueKind != JsonValueKind.Object)
            {
                return (null, "received invalid webhook response: webhook response was absent");
            }

            if (version == "v1" && Fault(root, response, uid, mutates) is { } fault)
            {
                return (null, "received invalid webhook response: " + fault);
            }

            var allowed = response.TryGetProperty("allowed", out var flag) && flag.ValueKind == JsonValueKind.True;
            var status = response.TryGetProperty("status", out var given) && given.ValueKind == JsonValueKind.Object
                ? ApiJson.Decode<V1Status>(System.Text.Encoding.UTF8.GetBytes(given.GetRawText())) : null;
            var patch = mutates && Text(response, "patch") is { Length: > 0 } encoded ? Convert.FromBase64String(encoded) : null;
            if (patch is not null && version == "v1" && Text(response, "patchType") is var type && type != "JSONPatch")
            {
                return (null, $"unsupported patch type \"{type}\"");
            }

            return (new Verdict(allowed, status, patch, Texts(response), Annotations(response)), null);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return (null, "failed to call webhook: couldn't get version/kind; json parse error: " + e.Message);
        }
    }

    private static string? Fault(JsonElement root, JsonElement response, string uid, bool mutates)
    {
        if (Text(response, "uid") != uid)
        {
            return $"expected response.uid=\"{uid}\", got \"{Text(response, "uid")}\"";
        }

        if (Text(root, "apiVersion") != "admission.k8s.io/v1" || Text(root, "kind") != "AdmissionReview")
        {
            return $"expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got {Text(root, "apiVersion")}, Kind={Text(root, "kind")}";
        }

        var patches = Text(response, "patch").Length > 0;
        var typed = response.TryGetProperty("patchType", out var type) && type.ValueKind == JsonValueKind.String;
        return mutates switch
        {
            true when patches && !typed => "webhook returned response.patch but not response.patchType",
            true when !patches && typed => "webhook returned response.patchType but not response.patch",
            true when typed && Text(response, "patchType").Length == 0 => "webhook returned invalid response.patchType of \"\"",
            false when patches => "validating webhook may not return response.patch",
            false when typed => "validating webhook may not return response.patchType",
            _ => null,
        };
    }

    private static List<string> Texts(JsonElement response) => response.TryGetProperty("warnings", out var list) && list.ValueKind == JsonValueKind.Array
        ? [.. list.EnumerateArray().Where(w => w.ValueKind == JsonValueKind.String).Select(w => w.GetString()!)] : [];

    private static List<KeyValuePair<string, string>> Annotations(JsonElement response) =>
        response.TryGetProperty("auditAnnotations", out var map) && map.ValueKind == JsonValueKind.Object
            ? [.. map.EnumerateObject().Where(a => a.Value.ValueKind == JsonValueKind.String).Select(a => KeyValuePair.Create(a.Name, a.Value.GetString()!))] : [];

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";
}
