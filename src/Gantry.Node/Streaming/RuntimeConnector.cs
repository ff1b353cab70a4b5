using System.Net;

namespace Gantry.Node.Streaming;

/// <summary>Connects to the runtime's streaming server, which listens on the loopback address, and takes over the upgraded connections.</summary>
internal sealed class RuntimeConnector : IDisposable
{
    private const int LongestRefusal = 16 * 1024;

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.Zero,
        ActivityHeadersPropagator = null,
    });

    /// <summary>A SPDY connection.</summary>
    /// <param name="url">What the runtime gave for one exec, attach or port-forward.</param>
    /// <param name="protocols">The protocols on top of SPDY that the client can speak, best first.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="UpgradeRefusedException">The runtime said no.</exception>
    /// <exception cref="HttpRequestException">The runtime does not answer.</exception>
    public Task<UpgradedConnection> SpdyAsync(string url, IEnumerable<string> protocols, CancellationToken ct) =>
        UpgradeAsync(HttpMethod.Post, url, "SPDY/3.1", [.. protocols.Select(p => KeyValuePair.Create(StreamProtocols.Header, p))], ct);

    public async Task<UpgradedConnection> UpgradeAsync(
        HttpMethod method, string url, string upgrade, IReadOnlyList<KeyValuePair<string, string>> headers, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, url) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", upgrade);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var response = await _http.SendAsync(request, ct);
        try
        {
            if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
            {
                return new UpgradedConnection(response, await response.Content.ReadAsStreamAsync(ct));
            }

            throw new UpgradeRefusedException((int)response.StatusCode, await ReadRefusalAsync(response, ct));
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    public void Dispose() => _http.Dispose();

    private static async Task<string> ReadRefusalAsync(HttpResponseMessage response, CancellationToken ct)
    {
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        var buffer = new byte[LongestRefusal];
        var got = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        return System.Text.Encoding.UTF8.GetString(buffer, 0, got).Trim();
    }
}
