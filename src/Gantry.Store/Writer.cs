using System.Threading.Channels;

namespace Gantry.Store;

/// <summary>
/// The one writer. Requests wait in a bounded queue; a thread takes what is there, up to a group, applies it to copies, puts it in the
/// journal as one durable unit, publishes the new state, and only then answers. Between groups it does the housekeeping in small steps.
/// Over a journal without a disk there is no thread: the caller does the writer's work under a lock, so tests on virtual time need not wait.
/// </summary>
internal sealed class Writer : IDisposable
{
    private readonly IJournal _journal;
    private readonly Board _board;
    private readonly StoreOptions _options;
    private readonly TimeProvider _clock;
    private readonly Groups _groups;
    private readonly Housekeeping _housekeeping;
    private readonly ITimer _alarm;
    private readonly Channel<Request> _queue;
    private readonly Lock _inline = new();
    private readonly Thread? _thread;
    private DateTimeOffset? _alarmAt;
    private int _stopped;

    public Writer(IJournal journal, JournalContents contents, Board board, StoreOptions options, TimeProvider clock)
    {
        _journal = journal;
        _board = board;
        _options = options;
        _clock = clock;
        _groups = new Groups(journal, contents, board, options, clock);
        _housekeeping = new Housekeeping(journal, contents, board, options, clock, _groups);
        _queue = Channel.CreateBounded<Request>(new BoundedChannelOptions(options.Queue) { SingleReader = true });
        _alarm = clock.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (contents.LostRelaxed)
        {
            _groups.Restamp();
        }
        if (journal.IsDurable)
        {
            _thread = new Thread(Run) { IsBackground = true, Name = "store writer" };
            _thread.Start();
        }
        Wake();
    }

    public StoreHealth Health => _groups.Health;

    /// <summary>Hands a request over; waits while the queue is full.</summary>
    public ValueTask SubmitAsync(Request request, CancellationToken cancel)
    {
        if (_thread is null)
        {
            lock (_inline)
            {
                ObjectDisposedException.ThrowIf(_stopped != 0, typeof(IStore));
                Work([request]);
                Tidy();
            }
            return ValueTask.CompletedTask;
        }
        return _queue.Writer.TryWrite(request) ? ValueTask.CompletedTask : WaitAsync(request, cancel);
    }

    /// <summary>Answers everything queued, puts what is only in memory into the journal, and ends. Later requests are refused.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
        {
            return;
        }
        _alarm.Dispose();
        _queue.Writer.TryComplete();
        _thread?.Join();
        _groups.Close();
        _housekeeping.Fail(new ObjectDisposedException(nameof(IStore)));
        _board.State.Moved.TrySetResult();
    }

    private async ValueTask WaitAsync(Request request, CancellationToken cancel)
    {
        try
        {
            await _queue.Writer.WriteAsync(request, cancel).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(IStore));
        }
    }

    private void Wake()
    {
        if (_thread is not null)
        {
            // A full queue needs no wake-up: the thread is at work and looks at the time after each group.
            _queue.Writer.TryWrite(Request.Wake.Instance);
            return;
        }
        lock (_inline)
        {
            if (_stopped == 0)
            {
                Tidy();
            }
        }
    }

    private void Tidy()
    {
        while (_housekeeping.Step() || SetAlarm())
        {
        }
    }

    private void Run()
    {
        var group = new List<Request>(_options.Group);
        var more = true;
        while (more || _queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            group.Clear();
            while (group.Count < _options.Group && _queue.Reader.TryRead(out var request))
            {
                group.Add(request);
            }
            Work(group);
            more = _housekeeping.Step() || SetAlarm();
        }
    }

    /// <summary>Nothing may end the writer: what goes wrong here goes to those who asked.</summary>
    private void Work(List<Request> requests)
    {
        try
        {
            _groups.Process(requests);
            foreach (var request in requests)
            {
                if (request is Request.Compact compact)
                {
                    _housekeeping.Add(compact);
                }
            }
        }
#pragma warning disable CA1031 // the writer outlives every fault of a request; the callers get it
        catch (Exception fault)
#pragma warning restore CA1031
        {
            foreach (var request in requests)
            {
                request.Fail(fault);
            }
        }
    }

    /// <returns>True when something is due already: then there is work, and no use in an alarm.</returns>
    private bool SetAlarm()
    {
        var next = _housekeeping.NextDue;
        if (next != _alarmAt)
        {
            _alarmAt = next;
            var wait = next is { } at ? at - _clock.GetUtcNow() : Timeout.InfiniteTimeSpan;
            _alarm.Change(wait < TimeSpan.Zero && next is not null ? TimeSpan.Zero : wait, Timeout.InfiniteTimeSpan);
        }
        // Looked at after the alarm is set, so a clock that moves meanwhile is not missed.
        return next <= _clock.GetUtcNow();
    }
}
