using System.Runtime.InteropServices;
using Gantry.Node.Cni;
using Gantry.Node.Grpc;
using Gantry.Node.Images;
using Microsoft.Extensions.Logging;

namespace Gantry.Node.Runtime;

/// <summary>A containerd of our own with its network configuration and the pause image.</summary>
public sealed class ContainerdRuntime : INodeRuntime, IDisposable
{
    private readonly RuntimeOptions _options;
    private readonly CniOptions _network;
    private readonly UnixGrpcChannel _channel;
    private readonly ContainerdSupervisor _supervisor;

    /// <param name="options">Where containerd lives.</param>
    /// <param name="network">How pods are wired; the share of addresses may be empty until <see cref="ConnectPodsAsync"/>.</param>
    /// <param name="clock">The time.</param>
    /// <param name="logs">For what operators should know.</param>
    public ContainerdRuntime(RuntimeOptions options, CniOptions network, TimeProvider clock, ILoggerFactory logs)
    {
        _options = options;
        _network = network;
        _channel = new UnixGrpcChannel(options.Socket, clock);
        Runtime = new CriRuntime(_channel);
        Importer = new ImageImporter(_channel, Runtime, clock, logs.CreateLogger<ImageImporter>());
        _supervisor = new ContainerdSupervisor(options, _channel, clock, logs.CreateLogger<ContainerdSupervisor>());
    }

    public IContainerRuntime Runtime { get; }

    /// <summary>Loads image archives.</summary>
    public ImageImporter Importer { get; }

    public IGrpcChannel Channel => _channel;

    public async Task StartAsync(CancellationToken ct)
    {
        await _supervisor.StartAsync(ct);
        if (await Runtime.ImageStatusAsync(_options.PauseImage, ct) is null)
        {
            using var archive = new MemoryStream(OciArchive.Pause(_options.PauseImage, RuntimeInformation.ProcessArchitecture));
            await Importer.ImportAsync(archive, null, ct);
        }
    }

    public Task ConnectPodsAsync(string podCidr, CancellationToken ct) => CniSetup.ApplyAsync(_network with { PodCidr = podCidr }, _options.CniConfDirectory, ct);

    public Task RunAsync(CancellationToken ct) => _supervisor.RunAsync(ct);

    /// <summary>Ends containerd and takes the pods' network away; for a machine that is cleaned up, after its pods are gone.</summary>
    public async Task RemoveAsync(CancellationToken ct)
    {
        await _supervisor.StopAsync(ct);
        await CniSetup.RemoveAsync(_network, ct);
    }

    public void Dispose() => _channel.Dispose();
}
