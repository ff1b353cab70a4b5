using System.Runtime.CompilerServices;
using System.Text.Json;
using Gantry.Api.Models;

namespace Gantry.Client.Http;

/// <summary>Metadata of any kind over HTTP, in the PartialObjectMetadata form.</summary>
public sealed class HttpMetadataClient : IMetadataClient
{
    private const string One = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";
    private const string Many = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
    private readonly ApiTransport _transport;

    /// <param name="http">From <see cref="ApiHttp.Connect"/>. The caller disposes it.</param>
    public HttpMetadataClient(HttpClient http)
    {
        _transport = new ApiTransport(http);
    }

    public async ValueTask<IReadOnlyList<ResourceId>> ResourcesAsync(CancellationToken ct = default)
    {
        var found = new List<ResourceId>();
        foreach (var root in (string[])["/api", "/apis"])
        {
            var answer = await _transport.SendAsync(HttpMethod.Get, root, null, ct, Discovery.MediaType).ConfigureAwait(false);
            if (answer.Error is { } error)
            {
                throw new ApiException(error);
            }

            found.AddRange(Discovery.Decode(answer.Body));
        }

        return found;
    }

    public async ValueTask<ObjectMetadata?> GetAsync(ResourceId resource, string ns, string name, CancellationToken ct = default)
    {
        var answer = await _transport.SendAsync(HttpMethod.Get, ApiPaths.Item(resource, ns, name), null, ct, One).ConfigureAwait(false);
        return answer.Error switch
        {
            null => Decoder(resource)(answer.Body.Span),
            { IsNotFound: true } => null,
            var error => throw new ApiException(error),
        };
    }

    public async ValueTask<ApiList<ObjectMetadata>> ListAsync(ResourceId resource, ListQuery query, CancellationToken ct = default)
    {
        var path = ApiPaths.Collection(resource, query.Namespace) + ApiPaths.Query(query);
        var answer = await _transport.SendAsync(HttpMethod.Get, path, null, ct, Many).ConfigureAwait(false);
        return answer.Error is { } error ? throw new ApiException(error) : ListJson.Decode(answer.Body.Span, Decoder(resource));
    }

    public async IAsyncEnumerable<WatchEvent<ObjectMetadata>> WatchAsync(ResourceId resource, WatchQuery query, [EnumeratorCancellation] CancellationToken ct = default)
    {
        var path = ApiPaths.Collection(resource, query.Namespace) + ApiPaths.Query(query);
        var decode = Decoder(resource);
        await foreach (var line in _transport.WatchAsync(path, One, ct).ConfigureAwait(false))
        {
            yield return WatchJson.Decode(line.Span, decode, static o => o.Metadata.ResourceVersion);
        }
    }

    public ValueTask<ApiResult<ObjectMetadata>> PatchAsync(ResourceId resource, string ns, string name, PatchBody patch, CancellationToken ct = default) =>
        WriteAsync(resource, HttpMethod.Patch, ApiPaths.Item(resource, ns, name) + ApiPaths.Query(patch), ApiTransport.Patch(patch), ct);

    public ValueTask<ApiResult<ObjectMetadata>> DeleteAsync(ResourceId resource, string ns, string name, V1DeleteOptions? options = null, CancellationToken ct = default) =>
        WriteAsync(resource, HttpMethod.Delete, ApiPaths.Item(resource, ns, name), ApiTransport.Options(options), ct);

    private async ValueTask<ApiResult<ObjectMetadata>> WriteAsync(ResourceId resource, HttpMethod method, string path, HttpContent? content, CancellationToken ct)
    {
        using (content)
        {
            var answer = await _transport.SendAsync(method, path, content, ct, One).ConfigureAwait(false);
            if (answer.Error is { } error)
            {
                return error;
            }

            return ApiTransport.IsStatus(answer.Body.Span) ? default(ApiResult<ObjectMetadata>) : Decoder(resource)(answer.Body.Span);
        }
    }

    /// <summary>Takes the metadata out of whatever comes: the answer calls itself PartialObjectMetadata, or is the whole object.</summary>
    private static Decode<ObjectMetadata> Decoder(ResourceId resource) => json =>
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            if (found)
            {
                return new ObjectMetadata(resource.ApiVersion, resource.Kind, V1ObjectMeta.Read(ref reader));
            }

            reader.Skip();
        }

        throw new JsonException($"a {resource.Kind} came without metadata");
    };
}
