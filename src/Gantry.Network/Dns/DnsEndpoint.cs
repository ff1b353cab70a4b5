using System.Net;
using Gantry.Network.Facts;

namespace Gantry.Network.Dns;

/// <summary>A ready endpoint: its address, its label under the Service's name, and the ports of its slice.</summary>
public sealed record DnsEndpoint(IPAddress Address, string Label, IReadOnlyList<SlicePortFact> Ports);
