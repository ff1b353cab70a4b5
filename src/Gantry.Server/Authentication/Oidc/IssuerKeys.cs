using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Gantry.Client.Http;
using Gantry.Server.Authentication.Tokens;
using Gantry.Server.Outbound;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.Authentication.Oidc;

/// <summary>
/// The keys of an identity provider: found by its OpenID configuration when first asked for, kept, and read again when a token names a key that is
/// not among them. Whoever sends forged tokens makes no more than one request in a while.
/// </summary>
internal sealed class IssuerKeys : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly string _issuer;
    private readonly Uri _discovery;
    private readonly ApiConnection _connection;
    private readonly HttpClient _http;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _gate = new();
    private volatile KeySet? _held;
    private Task<KeySet?>? _reading;
    private DateTimeOffset _nextRead;

    /// <param name="options">Issuer, discovery URL and authorities.</param>
    /// <param name="clock">Paces reading.</param>
    /// <param name="log">Is told of failures.</param>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The authorities are no certificates.</exception>
    public IssuerKeys(JwtOptions options, TimeProvider clock, ILogger log)
    {
        _issuer = options.Issuer;
        _discovery = new Uri(options.DiscoveryUrl.Length > 0 ? options.DiscoveryUrl : options.Issuer.TrimEnd('/') + IssuerDiscovery.ConfigurationPath);
        var authorities = new X509Certificate2Collection();
        if (options.CertificateAuthority.Length > 0)
        {
            authorities.ImportFromPem(options.CertificateAuthority);
        }

        _connection = new ApiConnection { Server = new Uri(options.Issuer), Authorities = authorities };
        _http = ApiHttp.Connect(_connection, clock);
        _clock = clock;
        _log = log;
    }

    /// <summary>Keys as they were read last.</summary>
    public sealed record KeySet(Uri Address, IReadOnlyList<WebKey> Keys);

    /// <summary>The keys, or null as long as they could not be read.</summary>
    public async ValueTask<KeySet?> GetAsync(CancellationToken cancellation) =>
        _held ?? await ReadAsync(null, cancellation).ConfigureAwait(false);

    /// <summary>Newer keys than those, where there are any.</summary>
    public async ValueTask<KeySet?> NewerAsync(KeySet known, CancellationToken cancellation) => await ReadAsync(known, cancellation).ConfigureAwait(false);

    public void Dispose()
    {
        _ended.Cancel();
        _http.Dispose();
        _connection.Dispose();
        _ended.Dispose();
    }

    // All who wait share one request, which goes on when one of them leaves.
    private Task<KeySet?> ReadAsync(KeySet? known, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_held is { } held && !ReferenceEquals(held, known))
            {
                return Task.FromResult<KeySet?>(held);
            }

            if (_reading is not { IsCompleted: false })
            {
                var now = _clock.GetUtcNow();
                if (now < _nextRead)
                {
                    return Task.FromResult(_held);
                }

                _nextRead = now + Pause;
                _reading = FetchAsync(known, _ended.Token);
            }

            return _reading.WaitAsync(cancellation);
        }
    }

    private async Task<KeySet?> FetchAsync(KeySet? known, CancellationToken cancellation)
    {
        // The caller holds a lock.
        await Task.Yield();
        try
        {
            var address = known?.Address ?? await DiscoverAsync(cancellation).ConfigureAwait(false);
            var keys = WebKey.ParseSet(await DocumentAsync(address, cancellation).ConfigureAwait(false));
            var read = new KeySet(address, keys);
            _held = read;
            return read;
        }
        catch (Exception e) when (e is ClaimException or JsonException or UriFormatException)
        {
            OidcLog.KeysUnread(_log, _issuer, e.Message);
            return _held;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return _held;
        }
    }

    private async Task<Uri> DiscoverAsync(CancellationToken cancellation)
    {
        using var document = JsonDocument.Parse(await DocumentAsync(_discovery, cancellation).ConfigureAwait(false));
        string Text(string name) =>
            document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString() ?? "" : "";
        var issuer = Text("issuer");
        return issuer == _issuer ? new Uri(Text("jwks_uri"))
            : throw new ClaimException($"oidc: issuer did not match the issuer returned by provider, expected \"{_issuer}\" got \"{issuer}\"");
    }

    private async Task<byte[]> DocumentAsync(Uri address, CancellationToken cancellation)
    {
        var answer = await JsonExchange.SendAsync(_http, HttpMethod.Get, address, null, Patience, _clock, cancellation).ConfigureAwait(false);
        return answer.Problem is null ? answer.Body : throw new ClaimException(answer.Problem);
    }
}
