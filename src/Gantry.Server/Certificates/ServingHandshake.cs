using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Gantry.Server.Certificates;

/// <summary>How a listener answers TLS handshakes: with the certificate as it is now, asking for one of the client's that it may also do without.</summary>
internal sealed class ServingHandshake
{
    private readonly RenewingCertificate _certificate;
    private volatile Made? _made;

    public ServingHandshake(RenewingCertificate certificate) => _certificate = certificate;

    /// <summary>The same options until the certificate is renewed.</summary>
    public SslServerAuthenticationOptions Current
    {
        get
        {
            var certificate = _certificate.Current;
            var made = _made;
            if (made is null || !ReferenceEquals(made.Certificate, certificate))
            {
                // Two at once make the same.
                _made = made = new Made(certificate, Options(certificate));
            }

            return made.Options;
        }
    }

    private static SslServerAuthenticationOptions Options(X509Certificate2 certificate) => new()
    {
        // Offline: what the authority signed needs nothing from elsewhere.
        ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
        ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        ClientCertificateRequired = true,
        // Whether a certificate counts, or is there at all, authentication decides, and tells the client.
#pragma warning disable CA5359 // the rule is about servers' certificates; these are clients'
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        // A resumed session would have to bring back who the client was.
        AllowTlsResume = false,
    };

    private sealed record Made(X509Certificate2 Certificate, SslServerAuthenticationOptions Options);
}
