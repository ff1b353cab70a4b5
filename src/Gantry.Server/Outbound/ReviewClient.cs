using System.Globalization;
using System.Text.Json;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Client.Http;

namespace Gantry.Server.Outbound;

/// <summary>Posts reviews to the server that a kubeconfig file names, and tries again where that may help.</summary>
internal sealed class ReviewClient : IDisposable
{
    // Half a second, half as long again each time, a fifth of chance: what Kubernetes waits.
    private const int Tries = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);

    private readonly ApiConnection _connection;
    private readonly HttpClient _http;
    private readonly TimeSpan _timeout;
    private readonly Uri _target;
    private readonly TimeProvider _clock;
    private readonly Random _dice;
    private readonly Lock _diceLock = new();

    /// <param name="connection">Where and as whom; becomes the client's own.</param>
    /// <param name="timeout">How long one answer may take.</param>
    /// <param name="clock">Measures time.</param>
    /// <param name="dice">Spreads repetitions.</param>
    public ReviewClient(ApiConnection connection, TimeSpan timeout, TimeProvider clock, Random dice)
    {
        _connection = connection;
        _http = ApiHttp.Connect(connection, clock);
        _timeout = timeout;
        _target = new UriBuilder(connection.Server) { Query = string.Create(CultureInfo.InvariantCulture, $"timeout={(long)timeout.TotalSeconds}s") }.Uri;
        _clock = clock;
        _dice = dice;
    }

    /// <summary>Asks.</summary>
    /// <returns>The review as the server sent it back, or why there is none.</returns>
    public async ValueTask<(T? Answer, string? Problem)> AskAsync<T>(byte[] question, CancellationToken cancellation)
        where T : class, IApiModel<T>
    {
        var pause = FirstPause;
        for (var left = Tries - 1; ; left--)
        {
            var answer = await JsonExchange.SendAsync(_http, HttpMethod.Post, _target, question, _timeout, _clock, cancellation).ConfigureAwait(false);
            if (answer.Problem is null)
            {
                return Read<T>(answer.Body);
            }

            if (left == 0 || !(answer.AsksForPatience || answer.Code is 429 or 500 or 504))
            {
                return (null, answer.Problem);
            }

            await Task.Delay(pause * Jitter(), _clock, cancellation).ConfigureAwait(false);
            pause *= 1.5;
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _connection.Dispose();
    }

    private static (T? Answer, string? Problem) Read<T>(byte[] body)
        where T : class, IApiModel<T>
    {
        try
        {
            return (ApiJson.Decode<T>(body), null);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return (null, "the answer cannot be read: " + e.Message);
        }
    }

    private double Jitter()
    {
        lock (_diceLock)
        {
            return 1 + (_dice.NextDouble() * 0.2);
        }
    }
}
