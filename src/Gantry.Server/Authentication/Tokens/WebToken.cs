using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Gantry.Server.Authentication.Tokens;

/// <summary>The compact form of signed JSON web tokens (RFC 7515), as far as service accounts use it: two algorithms, no headers to obey.</summary>
public static class WebToken
{
    /// <summary>Signs claims.</summary>
    public static string Write(ReadOnlySpan<byte> claims, SigningKey key)
    {
        var header = Encoding.UTF8.GetBytes($$"""{"alg":"{{key.Algorithm}}","kid":"{{key.Id}}"}""");
        var signed = Base64Url.EncodeToString(header) + "." + Base64Url.EncodeToString(claims);
        return signed + "." + Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(signed)));
    }

    /// <summary>The issuer a token claims to be from, unverified, or null where the text is no token at all.</summary>
    public static string? Issuer(string token)
    {
        var parts = token.Split('.');
        return parts.Length == 3 && Decode(parts[1]) is { } claims ? Read(claims, "iss") : null;
    }

    /// <summary>The claims of a token that one of the keys signed, else null.</summary>
    /// <remarks>
    /// The algorithm is the key's, never the header's: a token cannot choose how it is checked. The header's key id only saves work.
    /// </remarks>
    public static byte[]? Verify(string token, IReadOnlyList<SigningKey> keys)
    {
        var parts = token.Split('.');
        if (parts.Length != 3 || Decode(parts[0]) is not { } header || Decode(parts[1]) is not { } claims || Decode(parts[2]) is not { } signature)
        {
            return null;
        }

        var algorithm = Read(header, "alg");
        var id = Read(header, "kid");
        var signed = Encoding.ASCII.GetBytes(token[..token.LastIndexOf('.')]);
        foreach (var key in keys)
        {
            if (string.Equals(key.Algorithm, algorithm, StringComparison.Ordinal)
                && (string.IsNullOrEmpty(id) || string.Equals(key.Id, id, StringComparison.Ordinal))
                && key.Verify(signed, signature))
            {
                return claims;
            }
        }

        return null;
    }

    private static byte[]? Decode(string part)
    {
        try
        {
            return Base64Url.DecodeFromChars(part);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string? Read(byte[] json, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value)
                && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
