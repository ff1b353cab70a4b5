using System.Globalization;
using Gantry.Node.Cri;
using Gantry.Node.Grpc;
using Gantry.Node.Runtime;
using Microsoft.Extensions.Logging;

namespace Gantry.Node.Pods;

/// <summary>Keeps containers' logs from filling the disk: one that grew too large is put aside under a name with the time, the oldest go.</summary>
public sealed class LogRotation
{
    private readonly IContainerRuntime _runtime;
    private readonly NodeOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    public LogRotation(IContainerRuntime runtime, NodeOptions options, TimeProvider clock, ILogger log)
    {
        _runtime = runtime;
        _options = options;
        _clock = clock;
        _log = log;
    }

    /// <summary>The files put aside of a log, the oldest first.</summary>
    public static IReadOnlyList<string> Rotated(string log)
    {
        var folder = Path.GetDirectoryName(log)!;
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, Path.GetFileName(log) + ".*").Order(StringComparer.Ordinal)] : [];
    }

    /// <summary>Looks at sizes until cancelled; files are only looked at, containers asked for when one is too large.</summary>
    public Task RunAsync(CancellationToken ct) => Rounds.RunAsync("log rotation", _options.LogInterval, RoundAsync, _clock, _log, ct);

    private async Task RoundAsync(CancellationToken ct)
    {
        var large = Large();
        if (large.Count > 0)
        {
            await RotateAsync(large, ct);
        }
    }

    private HashSet<string> Large() => Directory.Exists(_options.LogDirectory)
        ? new DirectoryInfo(_options.LogDirectory).EnumerateFiles("*.log", SearchOption.AllDirectories)
            .Where(f => f.Length >= _options.LogBytes).Select(f => f.FullName).ToHashSet(StringComparer.Ordinal)
        : [];

    private async Task RotateAsync(HashSet<string> large, CancellationToken ct)
    {
        try
        {
            // Only a running container writes on; the log of a dead one stays as it is.
            foreach (var container in (await _runtime.ListContainersAsync(null, ct)).Where(c => c.State == ContainerState.ContainerRunning))
            {
                if (await _runtime.ContainerStatusAsync(container.Id, ct) is { } status && large.Contains(status.LogPath))
                {
                    await RotateAsync(container.Id, status.LogPath, ct);
                }
            }
        }
        catch (GrpcException failure)
        {
            NodeLog.NotRotated(_log, large.First(), failure.RpcText);
        }
    }

    private async Task RotateAsync(string container, string file, CancellationToken ct)
    {
        var aside = file + "." + _clock.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        try
        {
            File.Move(file, aside, overwrite: false);
            try
            {
                await _runtime.ReopenLogAsync(container, ct);
            }
            catch (GrpcException)
            {
                // Whoever reads the log must find what is still written.
                File.Move(aside, file, overwrite: true);
                throw;
            }

            foreach (var old in Rotated(file).SkipLast(_options.LogFiles - 1))
            {
                File.Delete(old);
            }
        }
        catch (Exception failure) when (failure is IOException or GrpcException)
        {
            NodeLog.NotRotated(_log, file, failure.Message);
        }
    }
}
