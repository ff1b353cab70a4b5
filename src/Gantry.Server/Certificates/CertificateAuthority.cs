using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gantry.Server.Certificates;

/// <summary>Signs the cluster's certificates. ECDSA P-256: small, fast to verify, and known to every client of the field.</summary>
public sealed class CertificateAuthority : IDisposable
{
    private const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";

    // Machines whose clocks differ a little must accept a certificate that was just made.
    private static readonly TimeSpan Backdate = TimeSpan.FromMinutes(5);

    private readonly TimeProvider _clock;

    private CertificateAuthority(X509Certificate2 certificate, TimeProvider clock)
    {
        Certificate = certificate;
        _clock = clock;
    }

    /// <summary>The authority's certificate with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The authority's certificate as clients get it.</summary>
    public string CertificatePem => Certificate.ExportCertificatePem();

    /// <summary>Reads an authority from PEM texts.</summary>
    /// <exception cref="CryptographicException">The texts are no certificate and key, or do not belong together.</exception>
    public static CertificateAuthority Load(string certificatePem, string keyPem, TimeProvider clock) =>
        new(X509Certificate2.CreateFromPem(certificatePem, keyPem), clock);

    /// <summary>Makes a new self-signed authority.</summary>
    public static CertificateAuthority Create(string commonName, TimeSpan lifetime, TimeProvider clock)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(commonName);
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign | X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = clock.GetUtcNow();
        return new CertificateAuthority(request.CreateSelfSigned(now - Backdate, now + lifetime), clock);
    }

    /// <summary>The authority's private key as PKCS#8 PEM.</summary>
    public string ExportKeyPem()
    {
        using var key = Certificate.GetECDsaPrivateKey() ?? throw new CryptographicException("the authority's key is no ECDSA key");
        return key.ExportPkcs8PrivateKeyPem();
    }

    /// <summary>Makes a key and a certificate for it.</summary>
    public IssuedCertificate Issue(LeafProfile profile, TimeSpan lifetime)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Subject(profile), key, HashAlgorithmName.SHA256);
        using var certificate = Sign(request, profile.Usage, profile.Names, profile.Addresses, lifetime);
        return new IssuedCertificate(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>
    /// Signs a request that came from elsewhere: subject and public key are the request's, everything else is ours. The caller has checked
    /// who may ask for that subject.
    /// </summary>
    /// <exception cref="CryptographicException">The text is no PKCS#10 request, or its signature does not fit its key.</exception>
    public string SignRequest(string requestPem, LeafUsage usage, TimeSpan lifetime)
    {
        var request = CertificateRequest.LoadSigningRequestPem(
            requestPem, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        var alternatives = request.CertificateExtensions
            .Select(e => e as X509SubjectAlternativeNameExtension ?? (e.Oid?.Value == "2.5.29.17" ? new X509SubjectAlternativeNameExtension(e.RawData) : null))
            .FirstOrDefault(e => e is not null);
        request.CertificateExtensions.Clear();
        using var certificate = Sign(request, usage, [.. alternatives?.EnumerateDnsNames() ?? []], [.. alternatives?.EnumerateIPAddresses() ?? []], lifetime);
        return certificate.ExportCertificatePem();
    }

    public void Dispose() => Certificate.Dispose();

    private X509Certificate2 Sign(
        CertificateRequest request, LeafUsage usage, IReadOnlyList<string> names, IReadOnlyList<IPAddress> addresses, TimeSpan lifetime)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        var purposes = new OidCollection();
        if (usage.HasFlag(LeafUsage.Server))
        {
            purposes.Add(new Oid(ServerAuth));
        }

        if (usage.HasFlag(LeafUsage.Client))
        {
            purposes.Add(new Oid(ClientAuth));
        }

        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(purposes, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false));
        if (names.Count + addresses.Count > 0)
        {
            var alternatives = new SubjectAlternativeNameBuilder();
            foreach (var name in names)
            {
                alternatives.AddDnsName(name);
            }

            foreach (var address in addresses)
            {
                alternatives.AddIpAddress(address);
            }

            request.CertificateExtensions.Add(alternatives.Build());
        }

        var now = _clock.GetUtcNow();
        var end = now + lifetime;
        var last = new DateTimeOffset(Certificate.NotAfter.ToUniversalTime(), TimeSpan.Zero);
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7f;
        serial[0] |= 0x40;   // a positive number of constant length, whatever the dice say
        using var signer = Certificate.GetECDsaPrivateKey() ?? throw new CryptographicException("the authority's key is no ECDSA key");
        return request.Create(
            Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(signer), now - Backdate, end < last ? end : last, serial);
    }

    private static X500DistinguishedName Subject(LeafProfile profile)
    {
        var name = new X500DistinguishedNameBuilder();
        foreach (var organization in profile.Organizations)
        {
            name.AddOrganizationName(organization);
        }

        name.AddCommonName(profile.CommonName);
        return name.Build();
    }
}
