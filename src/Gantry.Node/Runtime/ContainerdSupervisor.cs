using Gantry.Node.Cri;
using Gantry.Node.Grpc;
using Microsoft.Extensions.Logging;

namespace Gantry.Node.Runtime;

/// <summary>
/// Keeps one containerd of our own running. <see cref="StartAsync"/> adopts a living one or starts it, and returns when CRI
/// answers; <see cref="RunAsync"/> watches it and starts it again when it ends. Containers belong to their shims and survive
/// both our restart and containerd's.
/// </summary>
public sealed class ContainerdSupervisor
{
    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan WatchPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);

    private readonly RuntimeOptions _options;
    private readonly IGrpcChannel _channel;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly ContainerdProcess _process;
    private volatile int _pid;

    public ContainerdSupervisor(RuntimeOptions options, IGrpcChannel channel, TimeProvider clock, ILogger<ContainerdSupervisor> log)
    {
        _options = options;
        _channel = channel;
        _clock = clock;
        _log = log;
        _process = new ContainerdProcess(options);
    }

    /// <summary>The pid of containerd; 0 before the start.</summary>
    public int Pid => _pid;

    /// <summary>Adopts or starts containerd and waits until CRI answers.</summary>
    /// <exception cref="TimeoutException">CRI did not answer within the start limit; the message ends with the log's last lines.</exception>
    public async Task StartAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(_options.Root);
        Directory.CreateDirectory(_options.State);
        Directory.CreateDirectory(_options.CniConfDirectory);
        var changed = WriteConfig();
        if (_process.Find() is { } pid)
        {
            if (!changed)
            {
                _pid = pid;
                RuntimeLog.Adopted(_log, pid);
                await WaitUntilReadyAsync(ct);
                return;
            }

            RuntimeLog.ConfigChanged(_log);
            await EndAsync(pid, ct);
        }

        _pid = _process.Start();
        await WaitUntilReadyAsync(ct);
        RuntimeLog.Started(_log, _pid, _options.Socket);
    }

    /// <summary>Watches containerd until cancelled. A lost one is started again, after a growing pause when that keeps failing.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var backoff = TimeSpan.FromMilliseconds(200);
        while (true)
        {
            await Task.Delay(WatchPause, _clock, ct);
            if (_process.IsOurs(_pid))
            {
                backoff = TimeSpan.FromMilliseconds(200);
                continue;
            }

            RuntimeLog.Lost(_log, _pid, backoff);
            await Task.Delay(backoff, _clock, ct);
            backoff = TimeSpan.FromTicks(Math.Min(backoff.Ticks * 2, LongestBackoff.Ticks));
            try
            {
                await StartAsync(ct);
            }
            catch (Exception failure) when (failure is TimeoutException or IOException or InvalidOperationException)
            {
                RuntimeLog.StartFailed(_log, failure.Message);
            }
        }
    }

    /// <summary>Ends containerd itself; running containers stay with their shims. Used by a full stop after the pods are gone.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        if (_process.Find() is { } pid)
        {
            await EndAsync(pid, ct);
        }

        File.Delete(_options.PidFile);
    }

    private bool WriteConfig()
    {
        var facts = MachineFacts.Read();
        var snapshotter = _options.Snapshotter;
        if (snapshotter.Length == 0)
        {
            // An earlier choice stays, because images unpacked for one snapshotter are unknown to the other.
            var native = Directory.Exists(Path.Combine(_options.Root, "store", "io.containerd.snapshotter.v1.native", "snapshots"))
                && File.Exists(_options.ConfigFile) && File.ReadAllText(_options.ConfigFile).Contains("snapshotter = \"native\"", StringComparison.Ordinal);
            snapshotter = native || !OverlayProbe.Works(_options.Root, facts) ? "native" : "overlayfs";
            if (snapshotter == "native")
            {
                RuntimeLog.NativeSnapshotter(_log, _options.Root);
            }
        }

        var text = RuntimeConfigText.Write(_options, snapshotter, facts);
        var changed = !File.Exists(_options.ConfigFile) || File.ReadAllText(_options.ConfigFile) != text;
        if (changed)
        {
            File.WriteAllText(_options.ConfigFile, text);
        }

        return changed;
    }

    private async Task WaitUntilReadyAsync(CancellationToken ct)
    {
        var from = _clock.GetTimestamp();
        while (true)
        {
            try
            {
                await _channel.UnaryAsync(CriMethods.Version, new VersionRequest(), new GrpcCallOptions { Timeout = TimeSpan.FromSeconds(2) }, ct);
                return;
            }
            catch (GrpcException) when (_clock.GetElapsedTime(from) < _options.StartLimit && (_process.IsOurs(_pid) || _clock.GetElapsedTime(from) < TimeSpan.FromSeconds(1)))
            {
                await Task.Delay(ProbePause, _clock, ct);
            }
            catch (GrpcException last)
            {
                throw new TimeoutException($"containerd does not answer on {_options.Socket}: {last.Message}. Its log {_options.LogFile} ends with:\n{LogTail()}", last);
            }
        }
    }

    private async Task EndAsync(int pid, CancellationToken ct)
    {
        ContainerdProcess.Terminate(pid);
        var from = _clock.GetTimestamp();
        while (_process.IsOurs(pid))
        {
            if (_clock.GetElapsedTime(from) > TimeSpan.FromSeconds(10))
            {
                ContainerdProcess.KillNow(pid);
            }

            await Task.Delay(ProbePause, _clock, ct);
        }
    }

    private string LogTail() =>
        File.Exists(_options.LogFile) ? string.Join('\n', File.ReadLines(_options.LogFile).TakeLast(5)) : "(no log)";
}
