using Gantry.Api.Models;

namespace Gantry.Client;

/// <summary>
/// Reads the API, in this process or over HTTP. Objects are immutable and may be shared between readers.
/// Failures other than "not found" of a get are <see cref="ApiException"/>s.
/// </summary>
public interface IApiReader
{
    /// <summary>The object, or null when there is none. <paramref name="ns"/> is empty for kinds without namespaces.</summary>
    ValueTask<T?> GetAsync<T>(string ns, string name, CancellationToken ct = default)
        where T : class, IApiObject<T>;

    /// <summary>One page of objects as they were at <see cref="ApiList{T}.ResourceVersion"/>.</summary>
    ValueTask<ApiList<T>> ListAsync<T>(ListQuery query, CancellationToken ct = default)
        where T : class, IApiObject<T>;

    /// <summary>
    /// The changes after <see cref="WatchQuery.ResourceVersion"/>, in order. The sequence ends when the server closes the watch (go on from
    /// the last revision seen); it throws <see cref="ApiException"/> with code 410 when that revision is no longer kept (list again).
    /// </summary>
    IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(WatchQuery query, CancellationToken ct = default)
        where T : class, IApiObject<T>;
}
