using Gantry.Api.Models;
using Gantry.Client;

namespace Gantry.Control.Tests;

/// <summary>A server that a test must not ask.</summary>
internal sealed class NoReader : IApiReader
{
    public ValueTask<T?> GetAsync<T>(string ns, string name, CancellationToken ct = default)
        where T : class, IApiObject<T> => throw new NotSupportedException();

    public ValueTask<ApiList<T>> ListAsync<T>(ListQuery query, CancellationToken ct = default)
        where T : class, IApiObject<T> => throw new NotSupportedException();

    public IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(WatchQuery query, CancellationToken ct = default)
        where T : class, IApiObject<T> => throw new NotSupportedException();
}
