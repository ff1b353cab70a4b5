namespace Gantry.Node.Streaming;

/// <summary>What the runtime's streaming server answered to a request for an upgrade.</summary>
internal sealed class UpgradedConnection : IDisposable
{
    private readonly HttpResponseMessage _response;

    public UpgradedConnection(HttpResponseMessage response, Stream stream)
    {
        _response = response;
        Stream = stream;
    }

    /// <summary>The raw connection, both ways.</summary>
    public Stream Stream { get; }

    /// <summary>A header of the answer; null when absent.</summary>
    public string? Header(string name) => _response.Headers.TryGetValues(name, out var values) ? values.First() : null;

    public void Dispose()
    {
        Stream.Dispose();
        _response.Dispose();
    }
}
