using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gantry.Api.Models;
using Gantry.Server.Outbound;
using Gantry.Server.Subresources;

namespace Gantry.Server.Admission.Webhooks;

/// <summary>Posts questions to webhooks over HTTPS, at URLs or at Services of the cluster. Connections are kept as long as the authority stays the same.</summary>
internal sealed class WebhookCaller : IDisposable
{
    private const int MostAuthorities = 64;

    private readonly ProxyAddresses _addresses;
    private readonly Dialer _dial;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, HttpMessageInvoker> _connections = new(StringComparer.Ordinal);

    public WebhookCaller(ProxyAddresses addresses, Dialer dial, TimeProvider clock)
    {
        _addresses = addresses;
        _dial = dial;
        _clock = clock;
    }

    /// <summary>Posts a question.</summary>
    /// <returns>The body of the answer, or why there is none.</returns>
    public ValueTask<(byte[]? Answer, string? Problem)> PostAsync(Webhook hook, byte[] question, CancellationToken cancellation) =>
        PostAsync(hook.Client, hook.Timeout, question, cancellation);

    /// <inheritdoc cref="PostAsync(Webhook, byte[], CancellationToken)"/>
    /// <param name="client">Who is asked, and whose authority answers.</param>
    /// <param name="timeout">How long the answer may take.</param>
    /// <param name="question">The question.</param>
    /// <param name="cancellation">Gives up.</param>
    public async ValueTask<(byte[]? Answer, string? Problem)> PostAsync(
        AdmissionregistrationV1WebhookClientConfig client, TimeSpan timeout, byte[] question, CancellationToken cancellation)
    {
        var target = Target(client, timeout);
        var answer = await JsonExchange.SendAsync(Connections(client.CaBundle), HttpMethod.Post, target, question, timeout, _clock, cancellation).ConfigureAwait(false);
        return answer switch
        {
            { Problem: null } => (answer.Body, null),
            { Code: > 0 } => (null, ServerWords.Of(answer.Code, answer.Body)),
            _ => (null, answer.Problem.Replace($"\"{target}\"", $"\"{Shown(target)}\"", StringComparison.Ordinal)),
        };
    }

    public void Dispose()
    {
        foreach (var connection in _connections.Values)
        {
            connection.Dispose();
        }
    }

    // The port of a service is always told.
    private static string Shown(Uri target) => target.Host.EndsWith(".svc", StringComparison.Ordinal) && target.IsDefaultPort
        ? $"https://{target.Host}:443{target.PathAndQuery}" : target.ToString();

    private static Uri Target(AdmissionregistrationV1WebhookClientConfig client, TimeSpan limit)
    {
        // How long it may take, whoever is asked is told.
        var timeout = string.Create(CultureInfo.InvariantCulture, $"?timeout={(int)limit.TotalSeconds}s");
        if (client.Url is { Length: > 0 } url)
        {
            return new Uri(url + timeout);
        }

        var service = client.Service ?? new AdmissionregistrationV1ServiceReference();
        return new Uri(string.Create(CultureInfo.InvariantCulture, $"https://{service.Name}.{service.Namespace}.svc:{service.Port ?? 443}/{service.Path?.TrimStart('/')}{timeout}"));
    }

    private HttpMessageInvoker Connections(byte[]? authority)
    {
        var key = authority is null ? "" : Convert.ToHexStringLower(SHA256.HashData(authority));
        if (_connections.TryGetValue(key, out var known))
        {
            return known;
        }

        if (_connections.Count >= MostAuthorities)
        {
            // Configurations come and go; what is in use is made again.
            _connections.Clear();
        }

        return _connections.GetOrAdd(key, _ => Connect(authority));
    }

    private HttpMessageInvoker Connect(byte[]? authority)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectCallback = (context, cancellation) => DialAsync(context.DnsEndPoint, cancellation),
        };
        if (authority is { Length: > 0 })
        {
            var trusted = new X509Certificate2Collection();
            trusted.ImportFromPem(Encoding.UTF8.GetString(authority));
            handler.SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck },
            };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(trusted);
        }

        return new HttpMessageInvoker(handler);
    }

    private async ValueTask<Stream> DialAsync(DnsEndPoint at, CancellationToken cancellation)
    {
        var parts = at.Host.Split('.');
        if (parts is [var service, var ns, "svc"])
        {
            var (origin, name, refusal) = _addresses.OfWebhook(ns, service, at.Port);
            if (origin is not null)
            {
                return await _dial(origin.Host.Trim('[', ']'), origin.Port, cancellation).ConfigureAwait(false);
            }

            at = name is null ? throw new HttpRequestException(refusal) : new DnsEndPoint(name, at.Port);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(at, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
