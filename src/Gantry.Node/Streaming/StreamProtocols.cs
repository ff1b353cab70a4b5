namespace Gantry.Node.Streaming;

/// <summary>The names that streams go by on the wire.</summary>
internal static class StreamProtocols
{
    public const string Header = "X-Stream-Protocol-Version";
    public const string Spdy = "SPDY/3.1";
    public const string PortForward = "portforward.k8s.io";
    public const string PortForwardTunnel = "SPDY/3.1+portforward.k8s.io";

    /// <summary>Remote commands over SPDY; exit codes come as a Status object on the error stream.</summary>
    public const string CommandV4 = "v4.channel.k8s.io";
}
