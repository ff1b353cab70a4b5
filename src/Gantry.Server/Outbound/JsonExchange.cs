using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Gantry.Server.Outbound;

/// <summary>Asks other servers for JSON over HTTP: webhooks, identity providers. Sizes and times are limited, and no answer is an exception.</summary>
internal static class JsonExchange
{
    /// <summary>The longest answer that is read: one that holds a patch is no larger than an object.</summary>
    public const int LongestAnswer = 4 << 20;

    /// <summary>Sends a request.</summary>
    /// <param name="connections">The way to the server.</param>
    /// <param name="method">How.</param>
    /// <param name="target">Where.</param>
    /// <param name="question">The body, or null for none.</param>
    /// <param name="timeout">How long the answer may take.</param>
    /// <param name="clock">Measures that time.</param>
    /// <param name="cancellation">The one who waits has gone.</param>
    public static async ValueTask<JsonAnswer> SendAsync(
        HttpMessageInvoker connections, HttpMethod method, Uri target, byte[]? question, TimeSpan timeout, TimeProvider clock, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            using var request = new HttpRequestMessage(method, target);
            if (question is not null)
            {
                request.Content = new ByteArrayContent(question);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            }

            request.Headers.TryAddWithoutValidation("Accept", "application/json");
            using var response = await connections.SendAsync(request, either.Token).ConfigureAwait(false);
            await response.Content.LoadIntoBufferAsync(LongestAnswer, either.Token).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(either.Token).ConfigureAwait(false);
            var code = (int)response.StatusCode;
            return new JsonAnswer(body, code, code / 100 == 2 ? null : string.Create(CultureInfo.InvariantCulture, $"the server responded with the status code {code}"))
            {
                AsksForPatience = response.Headers.RetryAfter is not null,
            };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new JsonAnswer([], 0, $"{Verb(method)} \"{target}\": context deadline exceeded");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or CryptographicException)
        {
            return new JsonAnswer([], 0, $"{Verb(method)} \"{target}\": {TransportWords.Of(e, target)}");
        }
    }

    private static string Verb(HttpMethod method) => method.Method[..1] + method.Method[1..].ToLowerInvariant();
}
