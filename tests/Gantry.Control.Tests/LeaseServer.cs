using Gantry.Api.Models;
using Gantry.Client;

namespace Gantry.Control.Tests;

/// <summary>One Lease with the conflict rules of the API.</summary>
internal sealed class LeaseServer : IApiClient
{
    private readonly Lock _lock = new();
    private V1Lease? _lease;
    private long _revision;

    public V1Lease? Lease
    {
        get
        {
            lock (_lock)
            {
                return _lease;
            }
        }
    }

    /// <summary>Whether requests fail as if the network were down, by the identity that asks.</summary>
    public Func<string, bool> Cut { get; set; } = _ => false;

    /// <summary>The same server as one of its clients sees it.</summary>
    public IApiClient For(string identity) => new Client(this, identity);

    public ValueTask<T?> GetAsync<T>(string ns, string name, CancellationToken ct = default)
        where T : class, IApiObject<T> => new((T?)(object?)Lease);

    public ValueTask<ApiResult<T>> CreateAsync<T>(T obj, CancellationToken ct = default)
        where T : class, IApiObject<T>
    {
        lock (_lock)
        {
            return _lease is null ? new(Store(obj)) : new(ApiError.Of(409, "AlreadyExists", "there is one"));
        }
    }

    public ValueTask<ApiResult<T>> UpdateAsync<T>(T obj, string subresource = "", CancellationToken ct = default)
        where T : class, IApiObject<T>
    {
        lock (_lock)
        {
            return obj.Metadata.ResourceVersion == _lease?.Metadata.ResourceVersion ? new(Store(obj)) : new(ApiError.Of(409, "Conflict", "it was changed"));
        }
    }

    public ValueTask<ApiList<T>> ListAsync<T>(ListQuery query, CancellationToken ct = default)
        where T : class, IApiObject<T> => throw new NotSupportedException();

    public IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(WatchQuery query, CancellationToken ct = default)
        where T : class, IApiObject<T> => throw new NotSupportedException();

    public ValueTask<ApiResult<TBody>> CreateSubresourceAsync<TOwner, TBody>(string ns, string name, string subresource, TBody body, CancellationToken ct = default)
        where TOwner : class, IApiObject<TOwner>
        where TBody : class, IApiModel<TBody> => throw new NotSupportedException();

    public ValueTask<ApiResult<T>> PatchAsync<T>(string ns, string name, PatchBody patch, string subresource = "", CancellationToken ct = default)
        where T : class, IApiObject<T> => throw new NotSupportedException();

    public ValueTask<ApiResult<T>> DeleteAsync<T>(string ns, string name, V1DeleteOptions? options = null, CancellationToken ct = default)
        where T : class, IApiObject<T> => throw new NotSupportedException();

    private ApiResult<T> Store<T>(T obj)
        where T : class, IApiObject<T>
    {
        var stored = obj.WithMetadata(obj.Metadata with { ResourceVersion = Revisions.Text(++_revision) });
        _lease = (V1Lease)(object)stored;
        return stored;
    }

    private sealed class Client(LeaseServer server, string identity) : IApiClient
    {
        private LeaseServer Server => server.Cut(identity) ? throw new IOException("connection refused") : server;

        public ValueTask<T?> GetAsync<T>(string ns, string name, CancellationToken ct = default)
            where T : class, IApiObject<T> => Server.GetAsync<T>(ns, name, ct);

        public ValueTask<ApiResult<T>> CreateAsync<T>(T obj, CancellationToken ct = default)
            where T : class, IApiObject<T> => Server.CreateAsync(obj, ct);

        public ValueTask<ApiResult<T>> UpdateAsync<T>(T obj, string subresource = "", CancellationToken ct = default)
            where T : class, IApiObject<T> => Server.UpdateAsync(obj, subresource, ct);

        public ValueTask<ApiList<T>> ListAsync<T>(ListQuery query, CancellationToken ct = default)
            where T : class, IApiObject<T> => Server.ListAsync<T>(query, ct);

        public IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(WatchQuery query, CancellationToken ct = default)
            where T : class, IApiObject<T> => Server.WatchAsync<T>(query, ct);

        public ValueTask<ApiResult<TBody>> CreateSubresourceAsync<TOwner, TBody>(string ns, string name, string subresource, TBody body, CancellationToken ct = default)
            where TOwner : class, IApiObject<TOwner>
            where TBody : class, IApiModel<TBody> => Server.CreateSubresourceAsync<TOwner, TBody>(ns, name, subresource, body, ct);

        public ValueTask<ApiResult<T>> PatchAsync<T>(string ns, string name, PatchBody patch, string subresource = "", CancellationToken ct = default)
            where T : class, IApiObject<T> => Server.PatchAsync<T>(ns, name, patch, subresource, ct);

        public ValueTask<ApiResult<T>> DeleteAsync<T>(string ns, string name, V1DeleteOptions? options = null, CancellationToken ct = default)
            where T : class, IApiObject<T> => Server.DeleteAsync<T>(ns, name, options, ct);
    }
}
