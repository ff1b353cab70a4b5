namespace Gantry.Node.Tests.Streaming;

internal static class Polls
{
    /// <summary>One after the other until the caller has seen enough; fails after half a minute.</summary>
    public static async IAsyncEnumerable<int> EveryAsync(TimeSpan pause)
    {
        using var timer = new PeriodicTimer(pause);
        for (var i = 0; i * pause < TimeSpan.FromSeconds(30); i++)
        {
            yield return i;
            await timer.WaitForNextTickAsync();
        }

        throw new TimeoutException("the condition did not come true");
    }
}
