using System.Net;
using System.Net.Sockets;
using System.Text;
using Gantry.Api.Models;

namespace Gantry.Node.Probes;

/// <summary>GET requests to containers.</summary>
internal sealed class HttpProbe : IDisposable
{
    private const int MaxBody = 10 * 1024;
    private const int MaxRedirects = 10;

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        // Each try is a connection of its own: a pooled one would say little about whether the container still accepts any.
        PooledConnectionLifetime = TimeSpan.Zero,
        // Containers' certificates are made for other names and by anybody; a probe carries no secret.
#pragma warning disable CA5359
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
#pragma warning restore CA5359
    });

    public async Task<ProbeOutcome> GetAsync(V1HTTPGetAction action, ProbeTarget target, string agent, CancellationToken ct)
    {
        if (target.Port(action.Port) is not { } port)
        {
            return new ProbeOutcome(false, $"couldn't find port: {action.Port}");
        }

        var host = action.Host.Length > 0 ? action.Host : target.Address;
        var name = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        var scheme = action.Scheme == "HTTPS" ? "https" : "http";
        var path = action.Path.StartsWith('/') ? action.Path : "/" + action.Path;
        var url = new Uri(FormattableString.Invariant($"{scheme}://{name}:{port}{path}"));
        try
        {
            for (var i = 0; i <= MaxRedirects; i++)
            {
                using var response = await SendAsync(url, action, agent, ct);
                var code = (int)response.StatusCode;
                if (code is 301 or 302 or 303 or 307 or 308 && response.Headers.Location is { } location)
                {
                    var next = new Uri(url, location);
                    if (next.Host != url.Host)
                    {
                        // Elsewhere is not the container: that it answered at all is enough.
                        return new ProbeOutcome(true, $"Probe terminated redirects to {next}");
                    }

                    url = next;
                    continue;
                }

                var body = await BodyAsync(response, ct);
                return code is >= 200 and < 400 ? new ProbeOutcome(true, body) : new ProbeOutcome(false, FormattableString.Invariant($"HTTP probe failed with statuscode: {code}"));
            }

            return new ProbeOutcome(false, $"Get \"{url}\": stopped after 10 redirects");
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or SocketException)
        {
            return new ProbeOutcome(false, $"Get \"{url}\": {Words(failure, $"{host}:{port}")}");
        }
    }

    /// <summary>A failed connection in the words that Go programs print and users search for.</summary>
    public static string Words(Exception failure, string endpoint)
    {
        var socket = failure as SocketException ?? failure.InnerException as SocketException;
        return socket?.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => $"dial tcp {endpoint}: connect: connection refused",
            SocketError.HostUnreachable => $"dial tcp {endpoint}: connect: no route to host",
            SocketError.NetworkUnreachable => $"dial tcp {endpoint}: connect: network is unreachable",
            SocketError.TimedOut => $"dial tcp {endpoint}: i/o timeout",
            _ => failure.Message,
        };
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(Uri url, V1HTTPGetAction action, string agent, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionOrLower };
        foreach (var header in action.HttpHeaders)
        {
            if (header.Name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                request.Headers.Host = header.Value;
            }
            else
            {
                request.Headers.TryAddWithoutValidation(header.Name, header.Value);
            }
        }

        if (!request.Headers.Contains("User-Agent"))
        {
            request.Headers.TryAddWithoutValidation("User-Agent", agent);
        }

        if (!request.Headers.Contains("Accept"))
        {
            request.Headers.TryAddWithoutValidation("Accept", "*/*");
        }

        request.Headers.ConnectionClose = true;
        return await _http.SendAsync(request, ct);
    }

    private static async Task<string> BodyAsync(HttpResponseMessage response, CancellationToken ct)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        var buffer = new byte[MaxBody];
        var read = await stream.ReadAtLeastAsync(buffer, MaxBody, throwOnEndOfStream: false, ct);
        return Encoding.UTF8.GetString(buffer, 0, read);
    }
}
