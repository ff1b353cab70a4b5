using System.Security.Cryptography.X509Certificates;

namespace Gantry.Server.Certificates;

/// <summary>A certificate and its private key, both as PEM.</summary>
public sealed record IssuedCertificate(string CertificatePem, string KeyPem)
{
    /// <summary>The pair as TLS uses it; the caller disposes of it.</summary>
    public X509Certificate2 ToCertificate() => X509Certificate2.CreateFromPem(CertificatePem, KeyPem);

    // Records print their members; a key must never reach a log that way.
    public override string ToString() => "certificate with key";
}
