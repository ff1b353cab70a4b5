using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Net.Security;
using Gantry.Client.Http;
using Gantry.Server.Statuses;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gantry.Server.Subresources;

/// <summary>Passes HTTP requests on to addresses in the pod network, and connections that are upgraded to something else.</summary>
internal sealed class HttpForwarder : IDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(30);
    private const int DocumentLimit = 16 << 20;

    // Headers that are about one connection, and the credentials for this server: nothing the pod should see.
    private static readonly FrozenSet<string> Withheld = new[]
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
        "Authorization", "Host", "Impersonate-User", "Impersonate-Group", "Impersonate-Uid",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private readonly SocketsHttpHandler _handler;
    private readonly HttpMessageInvoker _http;
    private readonly TimeProvider _clock;

    /// <param name="dial">Opens connections into the pod network.</param>
    /// <param name="ssl">Whom to trust behind https, and what to show.</param>
    /// <param name="clock">Time.</param>
    public HttpForwarder(Dialer dial, SslClientAuthenticationOptions ssl, TimeProvider clock)
    {
        _clock = clock;
        _handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = ConnectLimit,
            ConnectCallback = (context, cancellation) => dial(context.DnsEndPoint.Host.Trim('[', ']'), context.DnsEndPoint.Port, cancellation),
            SslOptions = ssl,
        };
        _http = new HttpMessageInvoker(_handler);
    }

    /// <summary>Trusts whoever answers: pods have certificates of their own making, if any, so https to them is encryption, not identity.</summary>
    public static SslClientAuthenticationOptions Anybody()
    {
#pragma warning disable CA5359, MA0039 // see above
        return new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true };
#pragma warning restore CA5359, MA0039
    }

    /// <summary>A client for whole requests on the same connections.</summary>
    /// <param name="origin">Where relative paths lead.</param>
    /// <param name="headers">Added to each request.</param>
    public HttpClient Client(Uri origin, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var client = new HttpClient(_handler, disposeHandler: false) { BaseAddress = origin, Timeout = Timeout.InfiniteTimeSpan };
        foreach (var (name, value) in headers)
        {
            client.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        }

        return client;
    }

    /// <summary>Reads one document, with a limit to its size.</summary>
    /// <param name="target">Which.</param>
    /// <param name="headers">Headers to add.</param>
    /// <param name="tag">The tag of the document that is known already; may be empty.</param>
    /// <param name="cancellation">Gives up.</param>
    public async ValueTask<FetchedDocument> GetAsync(Uri target, IReadOnlyList<KeyValuePair<string, string>> headers, string tag, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, target) { Version = HttpVersion.Version11 };
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        foreach (var (name, value) in tag.Length == 0 ? headers : headers.Append(KeyValuePair.Create("If-None-Match", tag)))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            using var response = await _http.SendAsync(request, cancellation).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                return new FetchedDocument((int)response.StatusCode, [], "", null);
            }

            await response.Content.LoadIntoBufferAsync(DocumentLimit, cancellation).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
            return new FetchedDocument((int)response.StatusCode, body, response.Headers.ETag?.ToString() ?? "", null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            var why = e is OperationCanceledException ? "context deadline exceeded" : e.InnerException is { } inner ? inner.Message : e.Message;
            return new FetchedDocument(0, [], "", why);
        }
    }

    /// <summary>Sends the request to the target and the answer back.</summary>
    /// <param name="context">The request, and where its answer goes.</param>
    /// <param name="target">Where to.</param>
    /// <param name="headers">Headers to add; those of the client with the same names are left out.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What went wrong before there was an answer, or null.</returns>
    public async ValueTask<ApiStatus?> ForwardAsync(
        HttpContext context, Uri target, IReadOnlyList<KeyValuePair<string, string>> headers, CancellationToken cancellation)
    {
        var upgrade = context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } feature ? feature : null;
        using var request = Request(context.Request, target, upgrade is not null);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return ApiStatus.ServiceUnavailable("error trying to reach service: " + e.Message);
        }

        using (response)
        {
            context.Response.StatusCode = (int)response.StatusCode;
            if (response.StatusCode == HttpStatusCode.SwitchingProtocols && upgrade is not null)
            {
                CopyHeaders(response, context.Response, withUpgrade: true);
                var there = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
                await using (there.ConfigureAwait(false))
                {
                    var here = await upgrade.UpgradeAsync().ConfigureAwait(false);
                    await using (here.ConfigureAwait(false))
                    {
                        // A client that has gone is not told why.
                        _ = await StreamJoin.RunAsync(here, there, _clock, cancellation).ConfigureAwait(false);
                    }
                }

                return null;
            }

            CopyHeaders(response, context.Response, withUpgrade: false);
            var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                await PumpAsync(body, context.Response.Body, cancellation).ConfigureAwait(false);
            }
        }

        return null;
    }

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Request(HttpRequest from, Uri target, bool upgrades)
    {
        var request = new HttpRequestMessage(HttpMethod.Parse(from.Method), target) { Version = HttpVersion.Version11 };
        var hasBody = from.ContentLength > 0 || (from.ContentLength is null && from.Headers.TransferEncoding.Count > 0);
        if (hasBody)
        {
            request.Content = new StreamContent(from.Body);
        }

        foreach (var (name, values) in from.Headers)
        {
            if (Withheld.Contains(name) || name.StartsWith("Impersonate-Extra-", StringComparison.OrdinalIgnoreCase) || name.StartsWith(':')
                || name.StartsWith("X-Remote-", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        if (upgrades)
        {
            request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
            request.Headers.TryAddWithoutValidation("Upgrade", from.Headers.Upgrade.ToString());
        }

        request.Headers.TryAddWithoutValidation("X-Forwarded-Host", from.Host.Value);
        request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", from.Scheme);
        request.Headers.TryAddWithoutValidation("X-Forwarded-Uri", from.Path.Value);
        if (from.HttpContext.Connection.RemoteIpAddress is { } client)
        {
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", client.ToString());
        }

        return request;
    }

    private static void CopyHeaders(HttpResponseMessage from, HttpResponse to, bool withUpgrade)
    {
        foreach (var (name, values) in from.Headers.NonValidated.Concat(from.Content.Headers.NonValidated))
        {
            if (!Withheld.Contains(name) || (withUpgrade && name is "Upgrade" or "Connection"))
            {
                to.Headers[name] = values.ToArray();
            }
        }
    }

    // Each piece is passed on as it comes: who streams does not want to wait for more.
    private static async Task PumpAsync(Stream from, Stream to, CancellationToken cancellation)
    {
        var buffer = new byte[16 * 1024];
        int length;
        while ((length = await from.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
        {
            await to.WriteAsync(buffer.AsMemory(0, length), cancellation).ConfigureAwait(false);
            await to.FlushAsync(cancellation).ConfigureAwait(false);
        }
    }
}
