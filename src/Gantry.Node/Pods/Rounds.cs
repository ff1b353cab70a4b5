using Microsoft.Extensions.Logging;

namespace Gantry.Node.Pods;

/// <summary>Work that is done again and again, in which nothing that goes wrong once is a reason to stop.</summary>
internal static class Rounds
{
    /// <summary>Waits, works, waits … until cancelled. A failure is logged, and the next round tries again.</summary>
    /// <param name="what">Names the work in the log.</param>
    /// <param name="interval">The pause before each round.</param>
    /// <param name="round">The work.</param>
    /// <param name="clock">The time.</param>
    /// <param name="log">Where failures go.</param>
    /// <param name="ct">The end.</param>
    public static async Task RunAsync(string what, TimeSpan interval, Func<CancellationToken, Task> round, TimeProvider clock, ILogger log, CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(interval, clock, ct);
            try
            {
                await round(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                throw;
            }
#pragma warning disable CA1031 // files vanish while they are looked at, and worse; the node goes on
            catch (Exception failure)
#pragma warning restore CA1031
            {
                NodeLog.RoundFailed(log, failure, what, interval);
            }
        }
    }
}
