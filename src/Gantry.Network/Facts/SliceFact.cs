namespace Gantry.Network.Facts;

/// <summary>What the network needs to know of one EndpointSlice.</summary>
public sealed record SliceFact
{
    /// <summary>Namespace and name of the slice itself.</summary>
    public required ServiceName Name { get; init; }

    /// <summary>The Service the slice belongs to (label kubernetes.io/service-name).</summary>
    public required ServiceName Service { get; init; }

    public IReadOnlyList<SlicePortFact> Ports { get; init; } = [];

    public IReadOnlyList<EndpointFact> Endpoints { get; init; } = [];
}
