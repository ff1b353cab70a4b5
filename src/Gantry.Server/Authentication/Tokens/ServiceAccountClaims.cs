using System.Text;
using System.Text.Json;

namespace Gantry.Server.Authentication.Tokens;

/// <summary>An object that a token lives and dies with.</summary>
public sealed record BoundObject(string Name, string Uid);

/// <summary>The claims of a service-account token (KEP-1205), in whole seconds of Unix time.</summary>
public sealed record ServiceAccountClaims
{
    public required string Issuer { get; init; }

    public required string Subject { get; init; }

    public IReadOnlyList<string> Audiences { get; init; } = [];

    public long IssuedAt { get; init; }

    public long NotBefore { get; init; }

    public long Expires { get; init; }

    /// <summary>The token's own id (<c>jti</c>), shown as credential id.</summary>
    public string Id { get; init; } = "";

    public required string Namespace { get; init; }

    public required BoundObject ServiceAccount { get; init; }

    public BoundObject? Pod { get; init; }

    public BoundObject? Secret { get; init; }

    public BoundObject? Node { get; init; }

    /// <summary>When a longer-lived token should have been replaced; 0 for none.</summary>
    public long WarnAfter { get; init; }

    public byte[] ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("aud");
            foreach (var audience in Audiences)
            {
                json.WriteStringValue(audience);
            }

            json.WriteEndArray();
            json.WriteNumber("exp", Expires);
            json.WriteNumber("iat", IssuedAt);
            json.WriteString("iss", Issuer);
            json.WriteString("jti", Id);
            json.WriteStartObject("kubernetes.io");
            json.WriteString("namespace", Namespace);
            Write(json, "node", Node);
            Write(json, "pod", Pod);
            Write(json, "secret", Secret);
            Write(json, "serviceaccount", ServiceAccount);
            if (WarnAfter != 0)
            {
                json.WriteNumber("warnafter", WarnAfter);
            }

            json.WriteEndObject();
            json.WriteNumber("nbf", NotBefore);
            json.WriteString("sub", Subject);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>Reads claims; null when they are not those of a bound service-account token.</summary>
    public static ServiceAccountClaims? Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("kubernetes.io", out var own) || own.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var account = Bound(own, "serviceaccount");
            return account is null ? null : new ServiceAccountClaims
            {
                Issuer = Text(root, "iss"),
                Subject = Text(root, "sub"),
                Id = Text(root, "jti"),
                Audiences = AudiencesOf(root),
                Expires = Number(root, "exp"),
                IssuedAt = Number(root, "iat"),
                NotBefore = Number(root, "nbf"),
                Namespace = Text(own, "namespace"),
                ServiceAccount = account,
                Pod = Bound(own, "pod"),
                Secret = Bound(own, "secret"),
                Node = Bound(own, "node"),
                WarnAfter = Number(own, "warnafter"),
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Records print their members; claims are no secret, but their dump in a log helps nobody.
    private bool PrintMembers(StringBuilder text)
    {
        _ = text.Append(Subject);
        return true;
    }

    private static void Write(Utf8JsonWriter json, string name, BoundObject? bound)
    {
        if (bound is not null)
        {
            json.WriteStartObject(name);
            json.WriteString("name", bound.Name);
            json.WriteString("uid", bound.Uid);
            json.WriteEndObject();
        }
    }

    private static BoundObject? Bound(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var bound) && bound.ValueKind == JsonValueKind.Object ? new BoundObject(Text(bound, "name"), Text(bound, "uid")) : null;

    private static string Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";

    // Other libraries write times as 1.7e9; a fraction of a second is dropped.
    private static long Number(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && Math.Abs(number) < 1e15
            ? (long)number
            : 0;

    private static IReadOnlyList<string> AudiencesOf(JsonElement root)
    {
        if (!root.TryGetProperty("aud", out var value))
        {
            return [];
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => [value.GetString() ?? ""],
            JsonValueKind.Array => [.. value.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString() ?? "")],
            _ => [],
        };
    }
}
