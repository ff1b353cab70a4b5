using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.Certificates;

/// <summary>
/// The cluster's keys on disk: an authority, another one for the front proxy, leaf certificates that are made when missing, near their end or not
/// matching what they should say, and the key that signs service-account tokens.
/// </summary>
public sealed class ClusterPki : IDisposable
{
    private readonly PkiOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Lock _gate = new();

    private ClusterPki(PkiOptions options, CertificateAuthority authority, CertificateAuthority proxyAuthority, string tokenKeyPem, TimeProvider clock, ILogger log)
    {
        _options = options;
        Authority = authority;
        ProxyAuthority = proxyAuthority;
        TokenKeyPem = tokenKeyPem;
        _clock = clock;
        _log = log;
    }

    public CertificateAuthority Authority { get; }

    /// <summary>
    /// Vouches for the front proxy alone, whose certificate lets its owner speak to other servers in anybody's name: no certificate that a user may
    /// get from <see cref="Authority"/> is to do that.
    /// </summary>
    public CertificateAuthority ProxyAuthority { get; }

    /// <summary>The private key (PKCS#8 PEM) that signs service-account tokens.</summary>
    public string TokenKeyPem { get; }

    /// <summary>Opens the directory, making what is missing.</summary>
    /// <exception cref="IOException">The directory cannot be read or written.</exception>
    /// <exception cref="CryptographicException">A file holds no key or certificate.</exception>
    public static ClusterPki Open(PkiOptions options, TimeProvider clock, ILogger log)
    {
        PkiFiles.MakeDirectory(options.Directory);
        var authority = OpenAuthority(options, "ca", "gantry-ca", clock, log);
        var proxyAuthority = OpenAuthority(options, "front-proxy-ca", "front-proxy-ca", clock, log);
        var keyFile = Path.Combine(options.Directory, "service-account.key");
        if (!File.Exists(keyFile))
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            PkiFiles.Write(keyFile, key.ExportPkcs8PrivateKeyPem());
            PkiLog.KeyMade(log, keyFile);
        }

        return new ClusterPki(options, authority, proxyAuthority, File.ReadAllText(keyFile), clock, log);
    }

    /// <summary>The leaf of that profile, from disk where it still serves, else newly made. The caller disposes of certificates made of it.</summary>
    public IssuedCertificate Leaf(LeafProfile profile)
    {
        lock (_gate)
        {
            var certificateFile = Path.Combine(_options.Directory, profile.File + ".crt");
            var keyFile = Path.Combine(_options.Directory, profile.File + ".key");
            if (File.Exists(certificateFile) && File.Exists(keyFile))
            {
                var kept = new IssuedCertificate(File.ReadAllText(certificateFile), File.ReadAllText(keyFile));
                if (Serves(kept, profile))
                {
                    return kept;
                }
            }

            var made = AuthorityOf(profile).Issue(profile, _options.LeafLifetime);
            // Key first: a crash in between leaves a pair that does not fit, which Serves refuses and the next start replaces.
            PkiFiles.Write(keyFile, made.KeyPem);
            PkiFiles.Write(certificateFile, made.CertificatePem);
            PkiLog.LeafMade(_log, profile.File, profile.CommonName);
            return made;
        }
    }

    /// <summary>A certificate that replaces itself near its end, for TLS listeners and clients that live long.</summary>
    public RenewingCertificate Renewing(LeafProfile profile) => new(() => Leaf(profile).ToCertificate(), _options.RenewBefore, _clock);

    public void Dispose()
    {
        Authority.Dispose();
        ProxyAuthority.Dispose();
    }

    private CertificateAuthority AuthorityOf(LeafProfile profile) => profile == LeafProfile.FrontProxy ? ProxyAuthority : Authority;

    private static CertificateAuthority OpenAuthority(PkiOptions options, string file, string name, TimeProvider clock, ILogger log)
    {
        var certificateFile = Path.Combine(options.Directory, file + ".crt");
        var keyFile = Path.Combine(options.Directory, file + ".key");
        if (File.Exists(certificateFile) && File.Exists(keyFile))
        {
            return CertificateAuthority.Load(File.ReadAllText(certificateFile), File.ReadAllText(keyFile), clock);
        }

        // The seconds in the name keep two authorities of one machine apart in trust stores that index by name.
        var made = CertificateAuthority.Create($"{name}@{clock.GetUtcNow().ToUnixTimeSeconds()}", options.AuthorityLifetime, clock);
        PkiFiles.Write(keyFile, made.ExportKeyPem());
        PkiFiles.Write(certificateFile, made.CertificatePem);
        PkiLog.AuthorityMade(log, certificateFile);
        return made;
    }

    private bool Serves(IssuedCertificate pair, LeafProfile profile)
    {
        try
        {
            using var certificate = pair.ToCertificate();
            if (certificate.NotAfter.ToUniversalTime() - _options.RenewBefore <= _clock.GetUtcNow().UtcDateTime
                || !string.Equals(certificate.GetNameInfo(X509NameType.SimpleName, false), profile.CommonName, StringComparison.Ordinal)
                || !IsSignedBy(AuthorityOf(profile), certificate))
            {
                return false;
            }

            var alternatives = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
            var names = (alternatives?.EnumerateDnsNames() ?? []).ToHashSet(StringComparer.OrdinalIgnoreCase);
            var addresses = (alternatives?.EnumerateIPAddresses() ?? []).ToHashSet();
            return profile.Names.All(names.Contains) && profile.Addresses.All(addresses.Contains);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // ArgumentException: the key belongs to another certificate.
            return false;
        }
    }

    private bool IsSignedBy(CertificateAuthority authority, X509Certificate2 certificate)
    {
        using var chain = ClientCertificateChain.Build(authority.Certificate, _clock.GetUtcNow());
        return chain.Build(certificate);
    }
}
