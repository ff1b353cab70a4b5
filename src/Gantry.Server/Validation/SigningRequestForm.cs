using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gantry.Server.Certificates;

namespace Gantry.Server.Validation;

/// <summary>Whether bytes are a request for a certificate, or certificates, in PEM.</summary>
internal static class SigningRequestForm
{
    private const string RequestLabel = "CERTIFICATE REQUEST";
    private const string CertificateLabel = "CERTIFICATE";

    /// <summary>What is wrong with a request, whose signature proves that its maker has the key; null when all is well.</summary>
    public static string? RequestFault(byte[] pem)
    {
        var text = Encoding.Latin1.GetString(pem);
        if (!PemEncoding.TryFind(text, out var fields) || !text[fields.Label].Equals(RequestLabel, StringComparison.Ordinal))
        {
            return "PEM block type must be CERTIFICATE REQUEST";
        }

        var der = Convert.FromBase64String(text[fields.Base64Data]);
        return (DerWords.Fault(der, "certificateRequest", out var content) ?? DerWords.Fault(content, "tbsCertificateRequest", out _)) is { } fault ? fault
            : !Loads(der, CertificateRequestLoadOptions.SkipSignatureValidation) ? "asn1: structure error: not a certificate request"
            : Ed25519.VerifiesRequest(der) ?? Loads(der, CertificateRequestLoadOptions.Default) ? null
            : "x509: signature verification failure";
    }

    /// <summary>What is wrong with certificates; null when all is well, or nothing there.</summary>
    public static string? CertificateFault(byte[] pem)
    {
        if (pem.Length == 0)
        {
            return null;
        }

        var rest = Encoding.Latin1.GetString(pem).AsSpan();
        var blocks = 0;
        for (; PemEncoding.TryFind(rest, out var fields); rest = rest[fields.Location.End..])
        {
            if (!rest[fields.Label].Equals(CertificateLabel, StringComparison.Ordinal))
            {
                return $"only CERTIFICATE PEM blocks are allowed, found {Authorization.GoText.Quote(rest[fields.Label].ToString())}";
            }

            try
            {
                using var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(rest[fields.Base64Data].ToString()));
            }
            catch (CryptographicException)
            {
                return "x509: malformed certificate";
            }

            blocks++;
        }

        return blocks == 0 ? "must contain at least one CERTIFICATE PEM block" : null;
    }

    private static bool Loads(byte[] der, CertificateRequestLoadOptions options)
    {
        try
        {
            _ = CertificateRequest.LoadSigningRequest(der, HashAlgorithmName.SHA256, out var read, options | CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions, RSASignaturePadding.Pkcs1);
            return read == der.Length;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or PlatformNotSupportedException)
        {
            return false;
        }
    }
}
