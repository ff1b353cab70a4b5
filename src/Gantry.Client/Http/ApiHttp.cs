using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Gantry.Client.Http;

/// <summary>Makes <see cref="HttpClient"/>s that trust and authenticate as an <see cref="ApiConnection"/> says.</summary>
public static class ApiHttp
{
    /// <summary>A client with HTTP/2 where the server has it. It has no time limit of its own, because watches stay open for long.</summary>
    public static HttpClient Connect(ApiConnection connection, TimeProvider clock)
    {
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            AutomaticDecompression = DecompressionMethods.GZip,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            // A peer that vanished without a word is noticed by these; watches would otherwise wait for ever.
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            SslOptions = Tls(connection),
        };
        HttpMessageHandler top = connection.TokenFile.Length > 0 || connection.Token.Length > 0
            ? new BearerHandler(connection, clock) { InnerHandler = handler }
            : handler;
        return new HttpClient(top)
        {
            BaseAddress = connection.Server,
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
    }

    /// <summary>The TLS settings of the connection, for other protocols on the same port.</summary>
    public static SslClientAuthenticationOptions Tls(ApiConnection connection)
    {
        var tls = new SslClientAuthenticationOptions();
        if (connection.ServerName.Length > 0)
        {
            tls.TargetHost = connection.ServerName;
        }

        if (connection.ClientCertificate is { } certificate)
        {
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
        }

        if (connection.SkipVerify)
        {
#pragma warning disable CA5359 // asked for in so many words
            tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (connection.Authorities.Count > 0)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(connection.Authorities);
        }

        return tls;
    }

    /// <summary>Adds the token, which is read again every minute because projected tokens are renewed in place.</summary>
    private sealed class BearerHandler(ApiConnection connection, TimeProvider clock) : DelegatingHandler
    {
        private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);
        private Cached? _cached;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token());
            return base.SendAsync(request, cancellationToken);
        }

        private string Token()
        {
            if (connection.TokenFile.Length == 0)
            {
                return connection.Token;
            }

            var now = clock.GetUtcNow();
            var cached = _cached;
            if (cached is null || now - cached.At >= Fresh)
            {
                cached = new Cached(File.ReadAllText(connection.TokenFile).Trim(), now);
                _cached = cached;
            }

            return cached.Token;
        }

        private sealed record Cached(string Token, DateTimeOffset At);
    }
}
