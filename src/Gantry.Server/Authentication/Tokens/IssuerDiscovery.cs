using System.Text.Json;

namespace Gantry.Server.Authentication.Tokens;

/// <summary>What other systems read to check service-account tokens: OpenID discovery and the public keys.</summary>
public static class IssuerDiscovery
{
    public const string ConfigurationPath = "/.well-known/openid-configuration";
    public const string KeysPath = "/openid/v1/jwks";
    public const string KeysMediaType = "application/jwk-set+json";

    /// <summary>Keys change so rarely that others may keep them for an hour.</summary>
    public const string Caching = "public, max-age=3600";

    /// <summary>The document at <see cref="ConfigurationPath"/>.</summary>
    /// <param name="options">Names the issuer.</param>
    /// <param name="keysUrl">Where the keys are, as those who ask reach it.</param>
    /// <param name="keys">The keys whose algorithms are listed.</param>
    public static byte[] Configuration(TokenOptions options, string keysUrl, IReadOnlyList<SigningKey> keys) => Write(json =>
    {
        json.WriteString("issuer", options.Issuer);
        json.WriteString("jwks_uri", keysUrl);
        Texts(json, "response_types_supported", ["id_token"]);
        Texts(json, "subject_types_supported", ["public"]);
        Texts(json, "id_token_signing_alg_values_supported", keys.Select(k => k.Algorithm).Distinct(StringComparer.Ordinal));
    });

    /// <summary>The document at <see cref="KeysPath"/>.</summary>
    public static byte[] Keys(IReadOnlyList<SigningKey> keys) => Write(json =>
    {
        json.WriteStartArray("keys");
        foreach (var key in keys)
        {
            json.WriteStartObject();
            foreach (var (name, value) in key.Members())
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static void Texts(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
