using Gantry.Node.Grpc;
using Gantry.Node.Runtime;
using Microsoft.Extensions.Logging;

namespace Gantry.Node.Streaming;

/// <summary>
/// Lets commands end that did not read all of their input. containerd reports a command's end only when it is rid of the input it took, but nobody reads
/// the command's pipe any more: <c>head -c 10</c> with a large input would never end. Once a command has ended, its input pipe is emptied from here.
/// </summary>
internal sealed class UnreadInput
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private readonly IContainerRuntime _runtime;
    private readonly string _state;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    /// <param name="runtime">Tells of ends.</param>
    /// <param name="state">The state directory of the runtime, which holds the pipes.</param>
    /// <param name="clock">Time.</param>
    /// <param name="log">Failures.</param>
    public UnreadInput(IContainerRuntime runtime, string state, TimeProvider clock, ILogger log)
    {
        _runtime = runtime;
        _state = state;
        _clock = clock;
        _log = log;
    }

    /// <summary>Watches the commands of a container until cancelled.</summary>
    public async Task WatchAsync(string containerId, CancellationToken ct)
    {
        try
        {
            await foreach (var command in _runtime.CommandEndsAsync(containerId, ct))
            {
                await EmptyAsync(containerId, command, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The session is over.
        }
        catch (Exception failure) when (failure is GrpcException or IOException)
        {
            // The session goes on; only input that is left unread would now hold up its end.
            StreamLog.Failed(_log, "watching the ends of commands", failure.Message);
        }
    }

    private async Task EmptyAsync(string containerId, string command, CancellationToken ct)
    {
        var folder = Path.Combine(_state, "state", "io.containerd.grpc.v1.cri", "containers", containerId, "io");
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (var path in Directory.EnumerateDirectories(folder).Select(d => Path.Combine(d, command + "-stdin")).Where(File.Exists))
        {
            using var pipe = Fifo.Open(path);
            var buffer = new byte[64 * 1024];
            var from = _clock.GetTimestamp();
            // The runtime writes on while it has input, and removes the pipe when it is done.
            while (pipe is not null && File.Exists(path) && _clock.GetElapsedTime(from) < Longest && Fifo.Read(pipe, buffer) is var got && got != 0)
            {
                if (got < 0)
                {
                    await Task.Delay(Pause, _clock, ct);
                }
            }
        }
    }
}
