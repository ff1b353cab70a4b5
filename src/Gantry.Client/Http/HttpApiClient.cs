using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Client.Http;

/// <summary>The contracts over HTTP and JSON.</summary>
public sealed class HttpApiClient : IApiClient
{
    private readonly ApiTransport _transport;

    /// <param name="http">From <see cref="ApiHttp.Connect"/>; its base address is the server. The caller disposes it.</param>
    public HttpApiClient(HttpClient http)
    {
        _transport = new ApiTransport(http);
    }

    public async ValueTask<T?> GetAsync<T>(string ns, string name, CancellationToken ct = default)
        where T : class, IApiObject<T>
    {
        var answer = await _transport.SendAsync(HttpMethod.Get, ApiPaths.Item(T.Resource, ns, name), null, ct).ConfigureAwait(false);
        return answer.Error switch
        {
            null => ApiJson.Decode<T>(answer.Body.Span),
            { IsNotFound: true } => null,
            var error => throw new ApiException(error),
        };
    }

    public async ValueTask<ApiList<T>> ListAsync<T>(ListQuery query, CancellationToken ct = default)
        where T : class, IApiObject<T>
    {
        var path = ApiPaths.Collection(T.Resource, query.Namespace) + ApiPaths.Query(query);
        var answer = await _transport.SendAsync(HttpMethod.Get, path, null, ct).ConfigureAwait(false);
        return answer.Error is { } error ? throw new ApiException(error) : ListJson.Decode(answer.Body.Span, ApiJson.Decode<T>);
    }

    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(WatchQuery query, [EnumeratorCancellation] CancellationToken ct = default)
        where T : class, IApiObject<T>
    {
        var path = ApiPaths.Collection(T.Resource, query.Namespace) + ApiPaths.Query(query);
        await foreach (var line in _transport.WatchAsync(path, "application/json", ct).ConfigureAwait(false))
        {
            yield return WatchJson.Decode(line.Span, ApiJson.Decode<T>, static o => o.Metadata.ResourceVersion);
        }
    }

    public ValueTask<ApiResult<T>> CreateAsync<T>(T obj, CancellationToken ct = default)
        where T : class, IApiObject<T> =>
        WriteAsync<T>(HttpMethod.Post, ApiPaths.Collection(T.Resource, obj.Metadata.Namespace), ApiTransport.Json(ApiJson.Encode(obj)), ct);

    public ValueTask<ApiResult<TBody>> CreateSubresourceAsync<TOwner, TBody>(string ns, string name, string subresource, TBody body, CancellationToken ct = default)
        where TOwner : class, IApiObject<TOwner>
        where TBody : class, IApiModel<TBody> =>
        WriteAsync<TBody>(HttpMethod.Post, ApiPaths.Item(TOwner.Resource, ns, name, subresource), ApiTransport.Json(ApiJson.Encode(body)), ct);

    public ValueTask<ApiResult<T>> UpdateAsync<T>(T obj, string subresource = "", CancellationToken ct = default)
        where T : class, IApiObject<T> =>
        WriteAsync<T>(HttpMethod.Put, ApiPaths.Item(T.Resource, obj.Metadata.Namespace, obj.Metadata.Name, subresource), ApiTransport.Json(ApiJson.Encode(obj)), ct);

    public ValueTask<ApiResult<T>> PatchAsync<T>(string ns, string name, PatchBody patch, string subresource = "", CancellationToken ct = default)
        where T : class, IApiObject<T> =>
        WriteAsync<T>(HttpMethod.Patch, ApiPaths.Item(T.Resource, ns, name, subresource) + ApiPaths.Query(patch), ApiTransport.Patch(patch), ct);

    public ValueTask<ApiResult<T>> DeleteAsync<T>(string ns, string name, V1DeleteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T> =>
        WriteAsync<T>(HttpMethod.Delete, ApiPaths.Item(T.Resource, ns, name), ApiTransport.Options(options), ct);

    private async ValueTask<ApiResult<T>> WriteAsync<T>(HttpMethod method, string path, HttpContent? content, CancellationToken ct)
        where T : class, IApiModel<T>
    {
        using (content)
        {
            var answer = await _transport.SendAsync(method, path, content, ct).ConfigureAwait(false);
            if (answer.Error is { } error)
            {
                return error;
            }

            return ApiTransport.IsStatus(answer.Body.Span) ? default(ApiResult<T>) : ApiJson.Decode<T>(answer.Body.Span);
        }
    }
}
