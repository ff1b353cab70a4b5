using System.Text.Json;

namespace Gantry.Server.Authentication.Tokens;

/// <summary>The claims of a token that lives in a Secret and has no end but the Secret's (the form before KEP-1205).</summary>
public sealed record LegacyClaims(string Namespace, string Secret, string Account, string AccountUid, string Subject)
{
    /// <summary>The <c>iss</c> of all such tokens.</summary>
    public const string Issuer = "kubernetes/serviceaccount";

    private const string Prefix = "kubernetes.io/serviceaccount/";

    public byte[] ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("iss", Issuer);
            json.WriteString(Prefix + "namespace", Namespace);
            json.WriteString(Prefix + "secret.name", Secret);
            json.WriteString(Prefix + "service-account.name", Account);
            json.WriteString(Prefix + "service-account.uid", AccountUid);
            json.WriteString("sub", Subject);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>Reads claims; what is missing is empty. Null when the text is no JSON object.</summary>
    public static LegacyClaims? Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            var root = document.RootElement;
            string Text(string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";
            return root.ValueKind != JsonValueKind.Object ? null : new LegacyClaims(
                Text(Prefix + "namespace"), Text(Prefix + "secret.name"), Text(Prefix + "service-account.name"), Text(Prefix + "service-account.uid"), Text("sub"));
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
