using System.Net;

namespace Gantry.Network.Services;

/// <summary>Where one connection may be sent: address and port of an endpoint that should get traffic, and whether it runs on this node.</summary>
public sealed record Backend(IPAddress Address, int Port, bool Here);
