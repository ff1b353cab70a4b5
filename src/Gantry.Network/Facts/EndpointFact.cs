using System.Net;

namespace Gantry.Network.Facts;

/// <summary>One endpoint of a slice. All its addresses mean the same backend, so only the first is ever used.</summary>
public sealed record EndpointFact
{
    public required IPAddress Address { get; init; }

    /// <summary>The node the backend runs on; null when unknown, which counts as "not here".</summary>
    public string? Node { get; init; }

    /// <summary>The pod's hostname when it asked for a DNS name of its own, otherwise null.</summary>
    public string? Hostname { get; init; }

    public bool Ready { get; init; } = true;

    /// <summary>Passes its probe, whether it is terminating or not.</summary>
    public bool Serving { get; init; } = true;

    public bool Terminating { get; init; }
}
