namespace Gantry.Node.Streaming;

/// <summary>How remote commands travel over a WebSocket: every message begins with the number of its channel.</summary>
/// <param name="Name">The WebSocket subprotocol; empty for clients that name none.</param>
/// <param name="Base64">Messages are text: the channel's digit, then base64.</param>
/// <param name="StatusObject">The error channel carries a Status object, not words.</param>
/// <param name="CloseSignal">Channel 255 closes the channel whose number it carries.</param>
public sealed record ChannelProtocol(string Name, bool Base64, bool StatusObject, bool CloseSignal)
{
    public const byte Stdin = 0;
    public const byte Stdout = 1;
    public const byte Stderr = 2;
    public const byte Error = 3;
    public const byte Resize = 4;
    public const byte Close = 255;

    private static readonly ChannelProtocol[] Known =
    [
        new("v5.channel.k8s.io", Base64: false, StatusObject: true, CloseSignal: true),
        new("v4.channel.k8s.io", Base64: false, StatusObject: true, CloseSignal: false),
        new("v4.base64.channel.k8s.io", Base64: true, StatusObject: true, CloseSignal: false),
        new("channel.k8s.io", Base64: false, StatusObject: false, CloseSignal: false),
        new("base64.channel.k8s.io", Base64: true, StatusObject: false, CloseSignal: false),
    ];

    /// <summary>The first of the client's protocols that is known; the oldest binary one when the client names none.</summary>
    /// <param name="offered">In the client's order.</param>
    /// <returns>Null when the client named only others.</returns>
    public static ChannelProtocol? Choose(IReadOnlyList<string> offered)
    {
        if (offered.Count == 0)
        {
            return new ChannelProtocol("", Base64: false, StatusObject: false, CloseSignal: false);
        }

        return offered.Select(name => Known.FirstOrDefault(k => k.Name == name)).FirstOrDefault(k => k is not null);
    }
}
