using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.Audit;

/// <summary>
/// Takes events at once and passes them on in batches: a batch goes when it is full or has waited long enough. When the buffer is full, what comes is
/// lost, counted and logged: requests never wait for the log.
/// </summary>
public sealed class AuditBufferedBackend : IAuditBackend
{
    // So many batches of a slow receiver are on their way at once; the rest waits in the buffer.
    private const int MostAtOnce = 8;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly IAuditBackend _next;
    private readonly AuditBatchOptions _options;
    private readonly AuditFigures _figures;
    private readonly AuditThrottle? _throttle;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Channel<AuditEvent> _buffer;
    private readonly SemaphoreSlim _slots;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    /// <param name="next">Gets the batches; disposed with this.</param>
    /// <param name="options">Sizes and times.</param>
    /// <param name="ordered">Whether a batch waits for the one before.</param>
    /// <param name="figures">Counts what is lost.</param>
    /// <param name="clock">The time.</param>
    /// <param name="log">Told of losses.</param>
    public AuditBufferedBackend(IAuditBackend next, AuditBatchOptions options, bool ordered, AuditFigures figures, TimeProvider clock, ILogger log)
    {
        _next = next;
        _options = options;
        _figures = figures;
        _clock = clock;
        _log = log;
        _throttle = options.Throttle ? new AuditThrottle(options.ThrottleQps, options.ThrottleBurst, clock) : null;
        _buffer = Channel.CreateBounded<AuditEvent>(new BoundedChannelOptions(options.BufferSize) { SingleReader = true });
        _slots = new SemaphoreSlim(ordered ? 1 : MostAtOnce);
        _loop = Task.Run(RunAsync, _stop.Token);
    }

    public ValueTask<bool> ProcessAsync(IReadOnlyList<AuditEvent> events, CancellationToken cancellation)
    {
        for (var i = 0; i < events.Count; i++)
        {
            if (!_buffer.Writer.TryWrite(events[i]))
            {
                _figures.Lost("buffered", events.Count - i);
                AuditLog.Lost(_log, "buffered", events.Count - i, "audit buffer queue blocked");
                break;
            }
        }

        // As in Kubernetes the request goes on whether or not there was room.
        return new(true);
    }

    public async ValueTask DisposeAsync()
    {
        _buffer.Writer.TryComplete();
        using (var limit = new CancellationTokenSource(StopLimit, _clock))
        {
            await _loop.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _next.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
        _slots.Dispose();
    }

    private async Task RunAsync()
    {
        var sending = new List<Task>();
        while (await _buffer.Reader.WaitToReadAsync(_stop.Token).ConfigureAwait(false))
        {
            var batch = await BatchAsync().ConfigureAwait(false);
            if (_throttle is not null)
            {
                await _throttle.WaitAsync(_stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await _slots.WaitAsync(_stop.Token).ConfigureAwait(false);
            sending.RemoveAll(t => t.IsCompleted);
            sending.Add(SendAsync(batch));
        }

        await Task.WhenAll(sending).ConfigureAwait(false);
    }

    // The first event is there already: an idle buffer has no timer.
    private async ValueTask<List<AuditEvent>> BatchAsync()
    {
        var batch = new List<AuditEvent>();
        using var wait = new CancellationTokenSource(_options.MaxWait, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(wait.Token, _stop.Token);
        while (batch.Count < _options.MaxSize)
        {
            if (_buffer.Reader.TryRead(out var item))
            {
                batch.Add(item);
                continue;
            }

            try
            {
                if (!await _buffer.Reader.WaitToReadAsync(either.Token).ConfigureAwait(false))
                {
                    break;
                }
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        return batch;
    }

    private async Task SendAsync(List<AuditEvent> batch)
    {
        try
        {
            await _next.ProcessAsync(batch, _stop.Token).ConfigureAwait(false);
        }
        finally
        {
            _slots.Release();
        }
    }
}
