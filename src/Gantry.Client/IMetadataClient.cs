using Gantry.Api.Models;

namespace Gantry.Client;

/// <summary>
/// Works on objects of any kind by their metadata alone: built-in kinds, custom resources and aggregated ones. What namespace
/// deletion and garbage collection stand on. Over HTTP this is the PartialObjectMetadata form of the API.
/// </summary>
public interface IMetadataClient
{
    /// <summary>Every resource served now, in its preferred version, without subresources.</summary>
    ValueTask<IReadOnlyList<ResourceId>> ResourcesAsync(CancellationToken ct = default);

    /// <summary>The object's metadata, or null when there is none.</summary>
    ValueTask<ObjectMetadata?> GetAsync(ResourceId resource, string ns, string name, CancellationToken ct = default);

    /// <summary>One page of metadata.</summary>
    ValueTask<ApiList<ObjectMetadata>> ListAsync(ResourceId resource, ListQuery query, CancellationToken ct = default);

    /// <summary>Like <see cref="IApiReader.WatchAsync"/>.</summary>
    IAsyncEnumerable<WatchEvent<ObjectMetadata>> WatchAsync(ResourceId resource, WatchQuery query, CancellationToken ct = default);

    /// <summary>Patches the object and answers its metadata afterwards.</summary>
    ValueTask<ApiResult<ObjectMetadata>> PatchAsync(ResourceId resource, string ns, string name, PatchBody patch, CancellationToken ct = default);

    /// <summary>Deletes the object; the value may be null when it is gone.</summary>
    ValueTask<ApiResult<ObjectMetadata>> DeleteAsync(ResourceId resource, string ns, string name, V1DeleteOptions? options = null, CancellationToken ct = default);
}
