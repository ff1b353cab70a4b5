using System.Threading.Channels;

namespace Gantry.Node.Pods;

/// <summary>Wakes one waiter: at once when it is rung, however often, or when a time has come.</summary>
public sealed class Wakeups
{
    private readonly TimeProvider _clock;
    private readonly Channel<bool> _rings = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public Wakeups(TimeProvider clock)
    {
        _clock = clock;
    }

    /// <summary>Wakes the waiter, or the next one if nobody waits.</summary>
    public void Ring() => _rings.Writer.TryWrite(true);

    /// <param name="due">When to wake without a ring; null: never.</param>
    /// <param name="ct">Cancellation.</param>
    public async Task WaitAsync(DateTimeOffset? due, CancellationToken ct)
    {
        if (_rings.Reader.TryRead(out _))
        {
            return;
        }

        if (due is not { } at)
        {
            await _rings.Reader.ReadAsync(ct);
            return;
        }

        var wait = at - _clock.GetUtcNow();
        if (wait <= TimeSpan.Zero)
        {
            return;
        }

        using var alarm = new CancellationTokenSource(wait, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, alarm.Token);
        try
        {
            await _rings.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // The time has come.
        }
    }
}
