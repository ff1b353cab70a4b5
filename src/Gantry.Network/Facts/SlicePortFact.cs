namespace Gantry.Network.Facts;

/// <summary>One port of an EndpointSlice; it serves the Service port of the same name and transport.</summary>
public sealed record SlicePortFact(string Name, Transport Transport, int Port);
