namespace Gantry.Server.Http;

/// <summary>
/// A bound on the bytes of answers that must be in memory as a whole before they can be sent: tables, protobuf and YAML lists, indented JSON. Who finds
/// it used up waits in order. JSON lists need none of it, as they are sent from the shared objects piece by piece.
/// </summary>
internal sealed class ByteBudget
{
    private readonly long _limit;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiting> _waiting = new();
    private long _free;

    /// <param name="limit">Bytes. A single answer that is larger goes when nothing else does.</param>
    /// <param name="patience">How long to wait for a part of it.</param>
    /// <param name="clock">Measures that.</param>
    public ByteBudget(long limit, TimeSpan patience, TimeProvider clock)
    {
        _limit = limit;
        _free = limit;
        _patience = patience;
        _clock = clock;
    }

    /// <summary>Takes a part, at once or after waiting.</summary>
    /// <returns>Whether it was taken; it is given back by <see cref="Give"/> with the same number.</returns>
    public async ValueTask<bool> TakeAsync(long bytes, CancellationToken cancellation)
    {
        var wanted = Math.Min(bytes, _limit);
        Waiting waiting;
        lock (_lock)
        {
            if (_waiting.Count == 0 && wanted <= _free)
            {
                _free -= wanted;
                return true;
            }

            waiting = new Waiting(wanted);
            _waiting.AddLast(waiting);
        }

        try
        {
            await waiting.Taken.Task.WaitAsync(_patience, _clock, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            if (!Leave(waiting))
            {
                // Its turn came in the same moment.
                if (e is TimeoutException)
                {
                    return true;
                }

                Give(bytes);
            }

            cancellation.ThrowIfCancellationRequested();
            return false;
        }
    }

    public void Give(long bytes)
    {
        lock (_lock)
        {
            _free += Math.Min(bytes, _limit);
            while (_waiting.First is { } next && next.Value.Bytes <= _free)
            {
                _free -= next.Value.Bytes;
                _waiting.RemoveFirst();
                next.Value.Taken.TrySetResult();
            }
        }
    }

    private bool Leave(Waiting waiting)
    {
        lock (_lock)
        {
            return _waiting.Remove(waiting);
        }
    }

    private sealed class Waiting(long bytes)
    {
        public long Bytes { get; } = bytes;

        public TaskCompletionSource Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
