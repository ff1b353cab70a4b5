using System.Threading.Tasks.Sources;

namespace Gantry.Server.Registry;

/// <summary>
/// Wakes one watcher. What was signalled while nobody waited is kept until it is cleared, so a watcher that clears, looks, and then waits misses nothing.
/// Made once a watch and used again for every wait: a hundred watchers of a busy resource wait a hundred thousand times a second.
/// </summary>
public sealed class ChangeSignal : IValueTaskSource
{
    private const int Idle = 0;
    private const int Waiting = 1;
    private const int Signalled = 2;

    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private int _state;

    /// <summary>Whether there was a signal after <see cref="Clear"/>.</summary>
    public bool IsSet => Volatile.Read(ref _state) == Signalled;

    /// <summary>Wakes the watcher, now or as soon as it waits.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref _state, Signalled) == Waiting)
        {
            _core.SetResult(true);
        }
    }

    /// <summary>Forgets what was signalled. To be called by the watcher before it looks, and not while it waits.</summary>
    public void Clear() => Volatile.Write(ref _state, Idle);

    /// <summary>Completes once there was a signal after <see cref="Clear"/>. One wait at a time.</summary>
    public ValueTask WaitAsync()
    {
        _core.Reset();
        return Interlocked.CompareExchange(ref _state, Waiting, Idle) == Signalled ? default : new ValueTask(this, _core.Version);
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
