namespace Gantry.Server.Audit;

/// <summary>So many batches a second on average, and so many at once after a pause.</summary>
internal sealed class AuditThrottle(double perSecond, int burst, TimeProvider clock)
{
    private double _tokens = burst;
    private long _at = clock.GetTimestamp();

    /// <summary>Waits for the next turn. Called by one caller at a time.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        var now = clock.GetTimestamp();
        _tokens = Math.Min(burst, _tokens + (clock.GetElapsedTime(_at, now).TotalSeconds * perSecond)) - 1;
        _at = now;
        if (_tokens < 0)
        {
            await Task.Delay(TimeSpan.FromSeconds(-_tokens / perSecond), clock, cancellation).ConfigureAwait(false);
        }
    }
}
