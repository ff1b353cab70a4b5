using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gantry.Server.Authentication.Tokens;

/// <summary>A key for JSON web tokens: ES256 (P-256) or RS256, by what the PEM text holds. RFC 7518.</summary>
public sealed class SigningKey : IDisposable
{
    private readonly ECDsa? _ec;
    private readonly RSA? _rsa;

    private SigningKey(ECDsa? ec, RSA? rsa)
    {
        _ec = ec;
        _rsa = rsa;
        var publicKey = ec?.ExportSubjectPublicKeyInfo() ?? rsa!.ExportSubjectPublicKeyInfo();
        Id = Base64Url.EncodeToString(SHA256.HashData(publicKey));
        Public = WebKey.Of(Id, ec, rsa);
        PublicPem = ec?.ExportSubjectPublicKeyInfoPem() ?? rsa!.ExportSubjectPublicKeyInfoPem();
    }

    /// <summary>The key's id (<c>kid</c>): the hash of the public key, so every server of a cluster names it alike.</summary>
    public string Id { get; }

    public string PublicPem { get; }

    /// <summary>What checks its signatures; disposed of with this key.</summary>
    public WebKey Public { get; }

    /// <summary><c>ES256</c> or <c>RS256</c>.</summary>
    public string Algorithm => _ec is not null ? "ES256" : "RS256";

    /// <summary>Every key of a file: PEM blocks of private or public keys, or of certificates.</summary>
    /// <exception cref="CryptographicException">The file holds no key, or one that is not allowed.</exception>
    public static IReadOnlyList<SigningKey> AllFromPem(string pem)
    {
        var keys = new List<SigningKey>();
        var rest = pem.AsSpan();
        while (PemEncoding.TryFind(rest, out var found))
        {
            var block = rest[found.Location].ToString();
            keys.Add(rest[found.Label] is "CERTIFICATE" ? OfCertificate(block) : FromPem(block));
            rest = rest[found.Location.End..];
        }

        return keys.Count > 0 ? keys : throw new CryptographicException("no key in PEM form was found");
    }

    /// <summary>Reads a private or public key.</summary>
    /// <exception cref="CryptographicException">The text is no RSA key of at least 2048 bits and no P-256 key.</exception>
    public static SigningKey FromPem(string pem)
    {
        var ec = ECDsa.Create();
        try
        {
            ec.ImportFromPem(pem);
            if (ec.KeySize == 256)
            {
                return new SigningKey(ec, null);
            }
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // Not an EC key; perhaps RSA.
        }

        ec.Dispose();
        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
            if (rsa.KeySize >= 2048)
            {
                return new SigningKey(null, rsa);
            }
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // Neither; told below.
        }

        rsa.Dispose();
        throw new CryptographicException("the token key is neither an ECDSA P-256 key nor an RSA key of at least 2048 bits");
    }

    private static SigningKey OfCertificate(string pem)
    {
        using var certificate = X509Certificate2.CreateFromPem(pem);
        return FromPem(certificate.PublicKey.GetECDsaPublicKey()?.ExportSubjectPublicKeyInfoPem() ?? certificate.PublicKey.GetRSAPublicKey()?.ExportSubjectPublicKeyInfoPem() ?? "");
    }

    public byte[] Sign(ReadOnlySpan<byte> data) =>
        _ec is not null ? _ec.SignData(data, HashAlgorithmName.SHA256) : _rsa!.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    /// <summary>The public key's members of a JSON web key (RFC 7517), in the order in which they are written.</summary>
    public IEnumerable<(string Name, string Value)> Members()
    {
        yield return ("use", "sig");
        yield return ("kty", _ec is not null ? "EC" : "RSA");
        yield return ("kid", Id);
        if (_ec is not null)
        {
            var point = _ec.ExportParameters(includePrivateParameters: false).Q;
            yield return ("crv", "P-256");
            yield return ("alg", Algorithm);
            yield return ("x", Base64Url.EncodeToString(point.X));
            yield return ("y", Base64Url.EncodeToString(point.Y));
        }
        else
        {
            var parameters = _rsa!.ExportParameters(includePrivateParameters: false);
            yield return ("alg", Algorithm);
            yield return ("n", Base64Url.EncodeToString(parameters.Modulus));
            yield return ("e", Base64Url.EncodeToString(parameters.Exponent));
        }
    }

    public void Dispose() => Public.Dispose();
}
