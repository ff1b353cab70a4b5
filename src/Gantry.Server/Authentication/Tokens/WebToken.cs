using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Gantry.Server.Authentication.Tokens;

/// <summary>A signed JSON web token in its compact form (RFC 7515). Nothing in it is to be believed before <see cref="IsSignedBy"/> says so.</summary>
public sealed class WebToken
{
    private readonly byte[] _signed;
    private readonly byte[] _signature;

    private WebToken(string algorithm, string keyId, byte[] claims, byte[] signed, byte[] signature)
    {
        Algorithm = algorithm;
        KeyId = keyId;
        Claims = claims;
        _signed = signed;
        _signature = signature;
    }

    /// <summary>The algorithm its header names.</summary>
    public string Algorithm { get; }

    /// <summary>The key its header names, or empty.</summary>
    public string KeyId { get; }

    /// <summary>The claims as JSON.</summary>
    public byte[] Claims { get; }

    /// <summary>Takes a token apart; null where the text is none.</summary>
    public static WebToken? Parse(string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 3 || Decode(parts[0]) is not { } header || Decode(parts[1]) is not { } claims || Decode(parts[2]) is not { } signature
            || Read(header, "alg") is not { Length: > 0 } algorithm)
        {
            return null;
        }

        return new WebToken(algorithm, Read(header, "kid") ?? "", claims, Encoding.ASCII.GetBytes(token[..token.LastIndexOf('.')]), signature);
    }

    /// <summary>Whether the key made the signature, by the algorithm that the header names and the key allows.</summary>
    public bool IsSignedBy(WebKey key) => key.Verify(Algorithm, _signed, _signature);

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
        if (Parse(token) is not { } parsed)
        {
            return null;
        }

        foreach (var key in keys)
        {
            if (string.Equals(key.Algorithm, parsed.Algorithm, StringComparison.Ordinal)
                && (parsed.KeyId.Length == 0 || string.Equals(key.Id, parsed.KeyId, StringComparison.Ordinal))
                && parsed.IsSignedBy(key.Public))
            {
                return parsed.Claims;
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
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // No JSON, or texts that are none.
            return null;
        }
    }
}
