using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Gantry.Node.Tests.Runtime;

namespace Gantry.Node.Tests.Streaming;

public sealed class Port_forward_with_kubectl(PodFixture fixture) : IClassFixture<PodFixture>
{
    [KubectlFact]
    public async Task Many_connections_at_once_echo_what_they_are_sent()
    {
        var pod = await fixture.RunAsync("echo", "exec sleep 1000", hostNetwork: true);
        using var stop = new CancellationTokenSource();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = EchoAsync(listener, stop.Token);
        foreach (var webSockets in new[] { true, false })
        {
            using var process = new Kubectl(fixture.Host.Url, webSockets).Start(["port-forward", "--address", "127.0.0.1", "echo", $":{((IPEndPoint)listener.LocalEndpoint).Port}"]);
            var port = await LocalPortAsync(process);
            await Task.WhenAll(Enumerable.Range(0, 40).Select(i => RoundTripAsync(port, 300_000 + i)));
            process.Kill();
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving);
        await pod.StopAsync();
    }

    [KubectlFact]
    public async Task A_refused_connection_is_told_in_words()
    {
        var pod = await fixture.RunAsync("closed", "exec sleep 1000");
        foreach (var webSockets in new[] { true, false })
        {
            using var process = new Kubectl(fixture.Host.Url, webSockets).Start(["port-forward", "--address", "127.0.0.1", "closed", ":9"]);
            var port = await LocalPortAsync(process);
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1]));
            var words = await process.StandardError.ReadLineAsync();
            Assert.Contains("connection refused", words, StringComparison.Ordinal);
            process.Kill();
        }

        await pod.StopAsync();
    }

    [ContainerdFact]
    public async Task The_older_form_carries_a_pair_of_channels_for_each_port()
    {
        var pod = await fixture.RunAsync("pairs", "exec sleep 1000", hostNetwork: true);
        using var stop = new CancellationTokenSource();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = EchoAsync(listener, stop.Token);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var url = new UriBuilder(fixture.Host.Url) { Scheme = "ws", Path = "/api/v1/namespaces/default/pods/pairs/portforward", Query = $"ports={port}" }.Uri;
        using (var client = await ChannelClient.ConnectAsync(url, "v4.channel.k8s.io"))
        {
            // Each channel first says its port, low byte first.
            Assert.Equal([0, (byte)port, (byte)(port >> 8)], await client.ReadAsync());
            Assert.Equal([1, (byte)port, (byte)(port >> 8)], await client.ReadAsync());
            await client.SendAsync(0, "hello"u8.ToArray());
            Assert.Equal([0, .. "hello"u8], await client.ReadAsync());
        }

        using var refused = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(fixture.Host.Url, "/api/v1/namespaces/default/pods/pairs/portforward"));
        Assert.Equal(HttpStatusCode.BadRequest, (await refused.SendAsync(request)).StatusCode);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving);
        await pod.StopAsync();
    }

    private static async Task<int> LocalPortAsync(Process kubectl)
    {
        // Forwarding from 127.0.0.1:40001 -> 80
        var line = await kubectl.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException(await kubectl.StandardError.ReadToEndAsync());
        return int.Parse(line.Split(' ')[2].Split(':')[^1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task RoundTripAsync(int port, int length)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var sent = RandomNumberGenerator.GetBytes(length);
        var received = new byte[length];
        var sending = client.GetStream().WriteAsync(sent).AsTask();
        await client.GetStream().ReadExactlyAsync(received);
        await sending;
        Assert.Equal(sent, received);
    }

    private static async Task EchoAsync(TcpListener listener, CancellationToken ct)
    {
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync(ct);
            _ = Task.Run(
                async () =>
                {
                    using (client)
                    {
                        await client.GetStream().CopyToAsync(client.GetStream(), ct);
                    }
                },
                ct);
        }
    }
}
