using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gantry.Server.Certificates;

/// <summary>Signs the cluster's certificates. ECDSA P-256: small, fast to verify, and known to every client of the field.</summary>
public sealed class CertificateAuthority : IDisposable
{
    private const string AlternativeNames = "2.5.29.17";

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
        if (profile.Names.Count + profile.Addresses.Count > 0)
        {
            var alternatives = new SubjectAlternativeNameBuilder();
            foreach (var name in profile.Names)
            {
                alternatives.AddDnsName(name);
            }

            foreach (var address in profile.Addresses)
            {
                alternatives.AddIpAddress(address);
            }

            request.CertificateExtensions.Add(alternatives.Build());
        }

        using var certificate = Sign(request, [CertificateUsages.DigitalSignature, .. Usages(profile.Usage)], lifetime);
        return new IssuedCertificate(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>
    /// Signs a request that came from elsewhere: subject, alternative names and public key are the request's, everything else is ours. The caller
    /// has checked who may ask for that subject.
    /// </summary>
    /// <param name="requestPem">The PKCS#10 request.</param>
    /// <param name="usages">What the certificate is for, in the words of <c>certificates.k8s.io</c>.</param>
    /// <param name="lifetime">How long it is valid.</param>
    /// <exception cref="CryptographicException">The text is no PKCS#10 request, its signature does not fit its key, or a usage is not known.</exception>
    public string SignRequest(string requestPem, IReadOnlyList<string> usages, TimeSpan lifetime)
    {
        try
        {
            var checks = VerifiesAlone(requestPem) ? CertificateRequestLoadOptions.SkipSignatureValidation : CertificateRequestLoadOptions.Default;
            var request = CertificateRequest.LoadSigningRequestPem(
                requestPem, HashAlgorithmName.SHA256, checks | CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions, RSASignaturePadding.Pkcs1);
            var names = request.CertificateExtensions.FirstOrDefault(e => e.Oid?.Value == AlternativeNames);
            request.CertificateExtensions.Clear();
            if (names is not null && AlternativeNamesOf(names.RawData) is { } alternatives)
            {
                request.CertificateExtensions.Add(alternatives);
            }

            using var certificate = Sign(request, usages, lifetime);
            return certificate.ExportCertificatePem();
        }
        catch (Exception broken) when (broken is ArgumentException or AsnContentException)
        {
            throw new CryptographicException(broken.Message, broken);
        }
    }

    public void Dispose() => Certificate.Dispose();

    // Whether the signature is one that .NET cannot check, and is right.
    private static bool VerifiesAlone(string pem) => PemEncoding.TryFind(pem, out var fields) && Ed25519.VerifiesRequest(Convert.FromBase64String(pem[fields.Base64Data])) is { } right
        && (right ? true : throw new CryptographicException("the request's signature does not fit its key"));

    private static IEnumerable<string> Usages(LeafUsage usage)
    {
        if (usage.HasFlag(LeafUsage.Server))
        {
            yield return CertificateUsages.ServerAuth;
        }

        if (usage.HasFlag(LeafUsage.Client))
        {
            yield return CertificateUsages.ClientAuth;
        }
    }

    // RFC 5280, GeneralName: mail [1], DNS [2], URI [6], address [7]. Names of other kinds are left out.
    private static X509Extension? AlternativeNamesOf(byte[] names)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        var any = false;
        using (writer.PushSequence())
        {
            var list = new AsnReader(names, AsnEncodingRules.DER).ReadSequence();
            while (list.HasData)
            {
                var kept = list.PeekTag().TagValue is 1 or 2 or 6 or 7;
                var name = list.ReadEncodedValue();
                if (kept)
                {
                    writer.WriteEncodedValue(name.Span);
                    any = true;
                }
            }
        }

        return any ? new X509Extension(AlternativeNames, writer.Encode(), critical: false) : null;
    }

    private X509Certificate2 Sign(CertificateRequest request, IReadOnlyList<string> usages, TimeSpan lifetime)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        if (CertificateUsages.KeyUsage(usages) is var keyUsage && keyUsage != X509KeyUsageFlags.None)
        {
            request.CertificateExtensions.Add(new X509KeyUsageExtension(keyUsage, critical: true));
        }

        if (CertificateUsages.Purposes(usages) is { Count: > 0 } purposes)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(purposes, critical: false));
        }

        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false));
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
