using Gantry.Network.Host;

namespace Gantry.Network.Tests;

/// <summary>A network namespace with nothing but loopback in it, removed at the end.</summary>
public sealed class TestNamespace : IAsyncDisposable
{
    private static int _count;

    private TestNamespace(string name)
    {
        Name = name;
        Tools = new("ip", "netns", "exec", name);
    }

    public string Name { get; }

    public HostTools Tools { get; }

    public static async Task<TestNamespace> CreateAsync()
    {
        var made = new TestNamespace($"gantry-t{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        await new HostTools().RequireAsync(["ip", "netns", "add", made.Name], default);
        await made.Tools.RequireAsync(["ip", "link", "set", "lo", "up"], default);
        return made;
    }

    public async ValueTask DisposeAsync() => await new HostTools().RunAsync(["ip", "netns", "delete", Name], "", default);
}
