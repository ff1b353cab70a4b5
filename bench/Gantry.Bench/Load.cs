using System.Net.Http.Headers;
using System.Net.Security;

namespace Gantry.Bench;

/// <summary>Sends requests as fast as the answers come, over one connection a client.</summary>
internal sealed class Load : IDisposable
{
    private readonly HttpClient _http;

    public Load(Uri server, string token)
    {
        _http = new HttpClient(new SocketsHttpHandler
        {
#pragma warning disable CA5359 // the certificate of a server made a moment ago for this measurement, on loopback
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
#pragma warning restore CA5359
            MaxConnectionsPerServer = 256,
            UseProxy = false,
            ActivityHeadersPropagator = null,
        })
        {
            BaseAddress = server,
            DefaultRequestVersion = System.Net.HttpVersion.Version11,
            Timeout = TimeSpan.FromMinutes(5),
        };
        if (token.Length > 0)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    public HttpClient Http => _http;

    /// <summary>Sends <paramref name="count"/> requests from <paramref name="clients"/> clients; returns requests a second.</summary>
    public async Task<double> RateAsync(int clients, int count, Func<int, HttpRequestMessage> request)
    {
        var next = -1;
        var from = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            for (var number = Interlocked.Increment(ref next); number < count; number = Interlocked.Increment(ref next))
            {
                await SendAsync(request(number)).ConfigureAwait(false);
            }
        }))).ConfigureAwait(false);
        return count / TimeProvider.System.GetElapsedTime(from).TotalSeconds;
    }

    /// <summary>The median time of a request in milliseconds, and the size of its answer.</summary>
    public async Task<(double Milliseconds, int Bytes)> MedianAsync(int times, Func<HttpRequestMessage> request)
    {
        var took = new List<double>();
        var bytes = 0;
        for (var round = 0; round < times; round++)
        {
            var from = TimeProvider.System.GetTimestamp();
            bytes = await SendAsync(request()).ConfigureAwait(false);
            took.Add(TimeProvider.System.GetElapsedTime(from).TotalMilliseconds);
        }

        took.Sort();
        return (took[took.Count / 2], bytes);
    }

    /// <summary>Sends one request, reads its answer to the end and returns its size. A refusal ends the measurement.</summary>
    public async Task<int> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false);
            var body = await answer.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
            return answer.IsSuccessStatusCode
                ? body.Length
                : throw new InvalidOperationException($"{request.Method} {request.RequestUri}: {(int)answer.StatusCode} {System.Text.Encoding.UTF8.GetString(body)}");
        }
    }

    public void Dispose() => _http.Dispose();
}
