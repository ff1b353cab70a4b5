namespace Gantry.Server.Registry;

/// <summary>How far the caches have followed the store, and the means to wait for it: a write is answered only when every reader of this process can see it.</summary>
public sealed class RevisionClock
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<TaskCompletionSource, long> _waiting = new();
    private long _current;

    public RevisionClock(long start)
    {
        _current = start;
    }

    public long Current => Volatile.Read(ref _current);

    /// <summary>Completes when the caches hold this revision.</summary>
    public Task WaitAsync(long revision, CancellationToken cancellation)
    {
        if (revision <= Current)
        {
            return Task.CompletedTask;
        }

        TaskCompletionSource waiter;
        lock (_lock)
        {
            if (revision <= Current)
            {
                return Task.CompletedTask;
            }

            waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(waiter, revision);
        }

        return waiter.Task.WaitAsync(cancellation);
    }

    public void Advance(long revision)
    {
        Volatile.Write(ref _current, Math.Max(revision, Current));
        lock (_lock)
        {
            while (_waiting.TryPeek(out var waiter, out var wanted) && wanted <= revision)
            {
                _waiting.Dequeue();
                waiter.TrySetResult();
            }
        }
    }
}
