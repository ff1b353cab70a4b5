using Gantry.Client.Http;
using Gantry.Server.Subresources;

namespace Gantry.Server.Aggregation;

/// <summary>The connections to one other server: for requests that are passed on, for documents, and for objects by their metadata.</summary>
internal sealed class AggregatedWay : IDisposable
{
    private readonly HttpClient _client;

    /// <param name="forwarder">Becomes the way's own.</param>
    /// <param name="origin">The server by the name in its certificate.</param>
    /// <param name="own">The headers that say that this server itself asks.</param>
    public AggregatedWay(HttpForwarder forwarder, Uri origin, IReadOnlyList<KeyValuePair<string, string>> own)
    {
        Forwarder = forwarder;
        Origin = origin;
        Own = own;
        _client = forwarder.Client(origin, own);
        Objects = new HttpMetadataClient(_client);
    }

    public HttpForwarder Forwarder { get; }

    public Uri Origin { get; }

    public IReadOnlyList<KeyValuePair<string, string>> Own { get; }

    /// <summary>The objects of that server.</summary>
    public HttpMetadataClient Objects { get; }

    public void Dispose()
    {
        _client.Dispose();
        Forwarder.Dispose();
    }
}
