using System.Diagnostics;
using Gantry.Node.Cni;
using Gantry.Node.Grpc;
using Gantry.Node.Images;
using Gantry.Node.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Node.Tests.Runtime;

/// <summary>A containerd of the test's own, with bridge and data directory that vanish with it.</summary>
internal sealed class ContainerdFixture : IAsyncDisposable
{
    private static int _started;

    private readonly string _root = Directory.CreateTempSubdirectory("gantry-node-").FullName;
    private readonly string _state = Directory.CreateDirectory("/run/gantry-test-" + Guid.NewGuid().ToString("N")[..8]).FullName;
    private readonly CniOptions _cni;

    private ContainerdFixture()
    {
        var mark = Environment.ProcessId % 200 + Interlocked.Increment(ref _started) % 50;
        _cni = new CniOptions
        {
            PodCidr = $"10.250.{mark}.0/24",
            ClusterCidr = $"10.250.{mark}.0/24",
            Bridge = $"gtest{mark}",
            LeaseDirectory = Path.Combine(_root, "cni-leases"),
        };
        Options = new RuntimeOptions { Root = Path.Combine(_root, "containerd"), State = _state, CniConfDirectory = Path.Combine(_root, "cni") };
        Channel = new UnixGrpcChannel(Options.Socket, TimeProvider.System);
        Runtime = new CriRuntime(Channel);
        Supervisor = new ContainerdSupervisor(Options, Channel, TimeProvider.System, NullLogger<ContainerdSupervisor>.Instance);
        Importer = new ImageImporter(Channel, Runtime, TimeProvider.System, NullLogger<ImageImporter>.Instance);
    }

    public RuntimeOptions Options { get; }

    public UnixGrpcChannel Channel { get; }

    public CriRuntime Runtime { get; }

    public ContainerdSupervisor Supervisor { get; }

    public ImageImporter Importer { get; }

    public string Root => _root;

    public static async Task<ContainerdFixture> StartAsync()
    {
        var fixture = new ContainerdFixture();
        await CniSetup.ApplyAsync(fixture._cni, fixture.Options.CniConfDirectory, CancellationToken.None);
        await fixture.Supervisor.StartAsync(CancellationToken.None);
        return fixture;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sandbox in await Runtime.ListSandboxesAsync(null, CancellationToken.None))
        {
            await Runtime.StopSandboxAsync(sandbox.Id, CancellationToken.None);
            await Runtime.RemoveSandboxAsync(sandbox.Id, CancellationToken.None);
        }

        await Supervisor.StopAsync(CancellationToken.None);
        await CniSetup.RemoveAsync(_cni, CancellationToken.None);
        Channel.Dispose();
        foreach (var mount in File.ReadLines("/proc/mounts").Select(l => l.Split(' ')[1]).Where(m => m.StartsWith(_root, StringComparison.Ordinal) || m.StartsWith(_state, StringComparison.Ordinal)).Reverse().ToList())
        {
            using var umount = Process.Start("umount", ["-l", mount]);
            await umount.WaitForExitAsync();
        }

        Directory.Delete(_root, recursive: true);
        Directory.Delete(_state, recursive: true);
    }
}
