namespace Gantry.Network.Dns;

/// <summary>How names outside the cluster are asked for.</summary>
public sealed record UpstreamOptions
{
    /// <summary>How long one resolver has for its answer before the next is asked.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many questions may wait for answers at once; a further one fails at once, and its client asks again.</summary>
    public int InFlight { get; init; } = 512;

    /// <summary>How many answers are kept. A thousand hosts are plenty for the pods of one node.</summary>
    public int CachedAnswers { get; init; } = 1000;

    /// <summary>No answer is kept longer than this, whatever it says.</summary>
    public TimeSpan LongestKept { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often the file of resolvers is looked at again, at most.</summary>
    public TimeSpan Reread { get; init; } = TimeSpan.FromSeconds(5);

    public IEnumerable<Problem> Check()
    {
        if (Patience <= TimeSpan.Zero)
        {
            yield return new("network.dns.patience", "must be positive");
        }

        if (InFlight < 1)
        {
            yield return new("network.dns.inFlight", "must be at least 1");
        }

        if (CachedAnswers < 0)
        {
            yield return new("network.dns.cachedAnswers", "must not be negative");
        }
    }
}
