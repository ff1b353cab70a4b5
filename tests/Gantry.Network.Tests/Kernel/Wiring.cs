using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Gantry.Network.Host;

namespace Gantry.Network.Tests.Kernel;

/// <summary>
/// A node in namespaces: the node itself with its bridge, two pods on it, and a neighbour outside on another wire. Servers say their
/// name and the address they saw; clients tell it.
/// </summary>
internal sealed class Wiring : IAsyncDisposable
{
    public const string NodeAddress = "192.0.2.1";
    public const string OutsideAddress = "192.0.2.9";
    public static readonly string[] PodAddresses = ["10.42.0.5", "10.42.0.6"];

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Socket> _listeners = [];

    private Wiring(TestNamespace node, TestNamespace[] pods, TestNamespace outside, NetworkOptions options)
    {
        Node = node;
        Pods = pods;
        Outside = outside;
        Options = options;
    }

    public TestNamespace Node { get; }

    public TestNamespace[] Pods { get; }

    public TestNamespace Outside { get; }

    /// <summary>The options as the host setup left them.</summary>
    public NetworkOptions Options { get; }

    public static async Task<Wiring> CreateAsync(bool filteredBridge = true)
    {
        var node = await TestNamespace.CreateAsync();
        var options = await new HostSetup(new NetworkOptions { NodeName = "here" }, node.Tools).DoAsync(default);
        if (!filteredBridge)
        {
            await node.Tools.SetAsync("net/bridge/bridge-nf-call-iptables", "0", default);
            options = options with { BridgeIsFiltered = false };
        }

        await RunAsync(node, $"ip address add 10.42.0.1/16 dev {options.Bridge}");
        var pods = new TestNamespace[PodAddresses.Length];
        for (var i = 0; i < pods.Length; i++)
        {
            pods[i] = await TestNamespace.CreateAsync();
            await RunAsync(node, $"ip link add pod{i} type veth peer name eth0 netns {pods[i].Name}");
            await RunAsync(node, $"ip link set pod{i} master {options.Bridge} up");
            await RunAsync(node, $"bridge link set dev pod{i} hairpin on");
            await RunAsync(pods[i], $"ip address add {PodAddresses[i]}/16 dev eth0");
            await RunAsync(pods[i], "ip link set eth0 up");
            await RunAsync(pods[i], "ip route add default via 10.42.0.1");
        }

        var outside = await TestNamespace.CreateAsync();
        await RunAsync(node, $"ip link add wire type veth peer name eth0 netns {outside.Name}");
        await RunAsync(node, $"ip address add {NodeAddress}/24 dev wire");
        await RunAsync(node, "ip link set wire up");
        await RunAsync(outside, $"ip address add {OutsideAddress}/24 dev eth0");
        await RunAsync(outside, "ip link set eth0 up");
        await RunAsync(outside, $"ip route add 10.43.0.0/16 via {NodeAddress}");
        return new(node, pods, outside, options);
    }

    /// <summary>Starts a TCP server that greets every client with "NAME saw ADDRESS".</summary>
    public void Serve(TestNamespace place, string name, int port, string address = "0.0.0.0")
    {
        var listener = NamespaceThread.Run(place.Name, () =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), port));
            socket.Listen();
            return socket;
        });
        _listeners.Add(listener);
        _ = GreetAsync(listener, name);
    }

    /// <summary>Connects from a place; gives the greeting, "refused", "unreachable" or "silence" (nothing within a second).</summary>
    public static async Task<string> AskAsync(TestNamespace place, string address, int port)
    {
        using var socket = NamespaceThread.Run(place.Name, () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1), TimeProvider.System);
        try
        {
            await socket.ConnectAsync(IPEndPoint.Parse(string.Create(CultureInfo.InvariantCulture, $"{address}:{port}")), patience.Token);
            var buffer = new byte[128];
            return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, patience.Token));
        }
        catch (OperationCanceledException)
        {
            return "silence";
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode == SocketError.ConnectionRefused ? "refused" : "unreachable";
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listeners.ForEach(l => l.Dispose());
        foreach (var place in Pods.Append(Outside).Append(Node))
        {
            await place.DisposeAsync();
        }

        _stop.Dispose();
    }

    private async Task GreetAsync(Socket listener, string name)
    {
        while (!_stop.IsCancellationRequested)
        {
            using var client = await listener.AcceptAsync(_stop.Token);
            await client.SendAsync(Encoding.ASCII.GetBytes($"{name} saw {((IPEndPoint)client.RemoteEndPoint!).Address}"), _stop.Token);
        }
    }

    private static async Task RunAsync(TestNamespace place, string command) => await place.Tools.RequireAsync(command.Split(' '), default);
}
