using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Client.Http;

/// <summary>Requests and answers as bytes; refusals as <see cref="ApiError"/>s.</summary>
internal sealed class ApiTransport
{
    private readonly HttpClient _http;

    public ApiTransport(HttpClient http)
    {
        _http = http;
    }

    public static HttpContent Json(byte[] body) => Content(body, "application/json");

    public static HttpContent Patch(PatchBody patch) => Content(patch.Content.ToArray(), patch.MediaType);

    public static HttpContent? Options(V1DeleteOptions? options) => options is null ? null : Json(ApiJson.Encode(options));

    public async ValueTask<Answer> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken ct, string accept = "application/json")
    {
        using var request = Request(method, path, accept);
        request.Content = content;
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, ct).ConfigureAwait(false);
        var body = await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false);
        return response.IsSuccessStatusCode ? new Answer(body, null) : new Answer(body, Refusal((int)response.StatusCode, body));
    }

    /// <summary>The lines of a watch until the server ends it.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> WatchAsync(string path, string accept, [EnumeratorCancellation] CancellationToken ct)
    {
        using var request = Request(HttpMethod.Get, path, accept);
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw new ApiException(Refusal((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false)));
        }

        var stream = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            await foreach (var line in JsonLines.ReadAsync(stream, ct).ConfigureAwait(false))
            {
                yield return line;
            }
        }
    }

    /// <summary>Whether the JSON object is a Status (what a delete answers when nothing of the object is left).</summary>
    public static bool IsStatus(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isKind = reader.ValueTextEquals("kind"u8);
            reader.Read();
            if (isKind)
            {
                return reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("Status"u8);
            }

            reader.Skip();
        }

        return false;
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string accept)
    {
        var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Accept", accept);
        request.Headers.TryAddWithoutValidation("User-Agent", "gantry");
        return request;
    }

    private static ByteArrayContent Content(byte[] body, string type)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return content;
    }

    /// <summary>What lies between us and the server may answer anything; only a Status is taken at its word.</summary>
    private static ApiError Refusal(int code, byte[] body)
    {
        try
        {
            if (IsStatus(body))
            {
                var error = ApiError.Of(ApiJson.Decode<V1Status>(body));
                return error.Code == 0 ? error with { Code = code } : error;
            }
        }
        catch (JsonException)
        {
            // Falls through to the plain text.
        }

        var text = Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 1024))).Trim();
        return ApiError.Of(code, "", text.Length > 0 ? text : $"the server answered {code}");
    }

    public readonly record struct Answer(ReadOnlyMemory<byte> Body, ApiError? Error);
}
