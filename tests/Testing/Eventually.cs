namespace Gantry.Testing;

/// <summary>Waits for what other threads bring about.</summary>
public static class Eventually
{
    /// <summary>How long a test waits before it gives up; long, because a busy machine is no failure.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(20);

    /// <summary>Returns when the condition holds; throws <see cref="TimeoutException"/> when it does not come to.</summary>
    public static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        while (!condition())
        {
            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"the condition did not come to hold within {Limit}");
            }

            await Task.Yield();
        }
    }
}
