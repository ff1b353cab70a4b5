using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Gantry.Server.Authentication.Tokens;

/// <summary>A public key that checks signatures of JSON web tokens: RSA or an elliptic curve of NIST. RFC 7517 and RFC 7518.</summary>
public sealed class WebKey : IDisposable
{
    private readonly ECDsa? _ec;
    private readonly RSA? _rsa;

    private WebKey(string id, string use, string algorithm, ECDsa? ec, RSA? rsa)
    {
        Id = id;
        Use = use;
        Algorithm = algorithm;
        _ec = ec;
        _rsa = rsa;
    }

    /// <summary>Every algorithm that is understood; all of them are signatures by a private key.</summary>
    public static IReadOnlyList<string> Algorithms { get; } = ["ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512"];

    /// <summary>The key's id (<c>kid</c>); may be empty.</summary>
    public string Id { get; }

    /// <summary>What the key is for; empty where the issuer does not say, else <c>sig</c> for keys that count here.</summary>
    public string Use { get; }

    /// <summary>The one algorithm the key is for, or empty where the issuer leaves it open.</summary>
    public string Algorithm { get; }

    /// <summary>A key that is known already. The key objects become the web key's own.</summary>
    public static WebKey Of(string id, ECDsa? ec, RSA? rsa) => new(id, "sig", "", ec, rsa);

    /// <summary>The keys of a JWK set; those of kinds that are not known are left out, as RFC 7517 wants.</summary>
    /// <exception cref="JsonException">The text is no JSON object with a list of keys.</exception>
    public static IReadOnlyList<WebKey> ParseSet(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array)
        {
            throw new JsonException("a set of keys must have a list \"keys\"");
        }

        return [.. keys.EnumerateArray().Select(Parse).OfType<WebKey>()];
    }

    /// <summary>Whether the signature is this key's by that algorithm. False for algorithms of other kinds of keys.</summary>
    public bool Verify(string algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if ((Algorithm.Length > 0 && Algorithm != algorithm) || Use is not ("" or "sig"))
        {
            return false;
        }

        return (_ec, _rsa, algorithm) switch
        {
            ({ KeySize: 256 } ec, _, "ES256") => ec.VerifyData(data, signature, HashAlgorithmName.SHA256),
            ({ KeySize: 384 } ec, _, "ES384") => ec.VerifyData(data, signature, HashAlgorithmName.SHA384),
            ({ KeySize: 521 } ec, _, "ES512") => ec.VerifyData(data, signature, HashAlgorithmName.SHA512),
            (_, { } rsa, "RS256" or "PS256") => rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, Padding(algorithm)),
            (_, { } rsa, "RS384" or "PS384") => rsa.VerifyData(data, signature, HashAlgorithmName.SHA384, Padding(algorithm)),
            (_, { } rsa, "RS512" or "PS512") => rsa.VerifyData(data, signature, HashAlgorithmName.SHA512, Padding(algorithm)),
            _ => false,
        };
    }

    public void Dispose()
    {
        _ec?.Dispose();
        _rsa?.Dispose();
    }

    private static RSASignaturePadding Padding(string algorithm) => algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;

    private static WebKey? Parse(JsonElement key)
    {
        if (key.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        try
        {
            var (id, use, algorithm) = (Text(key, "kid"), Text(key, "use"), Text(key, "alg"));
            return Text(key, "kty") switch
            {
                "RSA" => new WebKey(id, use, algorithm, null, RSA.Create(new RSAParameters { Modulus = Bytes(key, "n"), Exponent = Bytes(key, "e") })),
                "EC" when Curve(Text(key, "crv")) is { } curve => new WebKey(
                    id, use, algorithm, ECDsa.Create(new ECParameters { Curve = curve, Q = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") } }), null),
                _ => null,
            };
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException)
        {
            // One broken key must not take the others away.
            return null;
        }
    }

    private static ECCurve? Curve(string name) => name switch
    {
        "P-256" => ECCurve.NamedCurves.nistP256,
        "P-384" => ECCurve.NamedCurves.nistP384,
        "P-521" => ECCurve.NamedCurves.nistP521,
        _ => null,
    };

    private static byte[] Bytes(JsonElement key, string name) => Base64Url.DecodeFromChars(Text(key, name));

    private static string Text(JsonElement key, string name) =>
        key.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";
}
