namespace Gantry.Control;

/// <summary>How long a key waits after failures: doubling from the first pause to the longest.</summary>
public sealed record BackoffOptions
{
    /// <summary>The pause after one failure. Short, because most failures are lost races that a fresh look settles.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The pause never grows beyond this. Shorter than Kubernetes' 1000 s, so that a cured cause is noticed within a minute.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The share of each pause that is left to the dice (0 to 1), so that keys that failed together do not return together.</summary>
    public double Jitter { get; init; } = 0.1;

    /// <summary>Every problem with these values.</summary>
    public IEnumerable<string> Check()
    {
        if (First <= TimeSpan.Zero || Longest < First)
        {
            yield return "backoff pauses must be positive and the longest not shorter than the first";
        }

        if (Jitter is < 0 or > 1)
        {
            yield return "backoff jitter must be from 0 to 1";
        }
    }

    /// <summary>The pause after that many failures in a row.</summary>
    /// <param name="failures">1 or more.</param>
    /// <param name="dice">A number from 0 to below 1.</param>
    public TimeSpan Pause(int failures, double dice)
    {
        var doubled = First.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, 60));
        var full = Math.Min(doubled, Longest.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(full * (1 - (Jitter * dice)));
    }
}
