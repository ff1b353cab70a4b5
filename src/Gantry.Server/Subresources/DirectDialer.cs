using System.Net.Sockets;

namespace Gantry.Server.Subresources;

/// <summary>Connections by the machine's own routes, for servers without nodes of their own.</summary>
internal static class DirectDialer
{
    public static async ValueTask<Stream> ConnectAsync(string address, int port, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, port, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
