using System.Net;
using System.Net.Sockets;
using System.Text;
using Gantry.Server.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Tests.Subresources;

/// <summary>Nodes that remember what they were asked, and a pod network that leads to one listener, whatever the address.</summary>
internal sealed class FakeNodes : INodeProxy, IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();

    private FakeNodes()
    {
        _listener.Start();
        Serving = Task.Run(ServeAsync);
    }

    public static FakeNodes Listen() => new();

    public List<NodeRequest> Asked { get; } = [];

    /// <summary>The queries with which nodes were asked.</summary>
    public List<string> Queries { get; } = [];

    public List<(string Address, int Port)> Connected { get; } = [];

    /// <summary>The heads of the requests that came to the pod network.</summary>
    public List<string> Heads { get; } = [];

    private Task Serving { get; }

    public async Task ForwardAsync(HttpContext context, NodeRequest request, CancellationToken cancellation)
    {
        Asked.Add(request);
        Queries.Add(context.Request.QueryString.Value!);
        await context.Response.WriteAsync($"{request.Endpoint} {request.Container}{request.Path}", cancellation);
    }

    public async ValueTask<Stream> ConnectAsync(string address, int port, CancellationToken cancellation)
    {
        Connected.Add((address, port));
        var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)_listener.LocalEndpoint, cancellation);
        return client.GetStream();
    }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(_end.Token);
            _ = AnswerAsync(client);
        }
    }

    // Answers one request; one that wants to be upgraded gets everything back that it sends.
    private async Task AnswerAsync(TcpClient client)
    {
        using var _ = client;
        var stream = client.GetStream();
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) > 0)
        {
            head.Append((char)one[0]);
        }

        Heads.Add(head.ToString());
        if (!head.ToString().Contains("Upgrade: echo", StringComparison.OrdinalIgnoreCase))
        {
            await stream.WriteAsync("HTTP/1.1 418 Teapot\r\nContent-Length: 5\r\nX-Pod: yes\r\nConnection: close\r\n\r\nhello"u8.ToArray());
            return;
        }

        await stream.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"u8.ToArray());
        while (await stream.ReadAsync(one) > 0)
        {
            await stream.WriteAsync(one);
        }
    }
}
