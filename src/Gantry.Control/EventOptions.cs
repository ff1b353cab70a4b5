namespace Gantry.Control;

/// <summary>How many events are recorded. The figures are those clients of Kubernetes use.</summary>
public sealed record EventOptions
{
    /// <summary>The name in <c>source.component</c>.</summary>
    public required string Component { get; init; }

    /// <summary>The node in <c>source.host</c>; empty for none.</summary>
    public string Host { get; init; } = "";

    /// <summary>Events that may wait to be written; more are dropped.</summary>
    public int Waiting { get; init; } = 1000;

    /// <summary>Distinct events remembered for counting.</summary>
    public int Remembered { get; init; } = 4096;

    /// <summary>That many different messages of one reason about one object within <see cref="SimilarWithin"/> are told apart; more are combined.</summary>
    public int Similar { get; init; } = 10;

    public TimeSpan SimilarWithin { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Events about one object that may come at once.</summary>
    public int Burst { get; init; } = 25;

    /// <summary>The time after which one more is allowed.</summary>
    public TimeSpan Refill { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Every problem with these values.</summary>
    public IEnumerable<string> Check()
    {
        if (Component.Length == 0)
        {
            yield return "events.component must be set";
        }

        if (Waiting < 1 || Remembered < 1 || Similar < 1 || Burst < 1 || Refill <= TimeSpan.Zero)
        {
            yield return "event limits must be positive";
        }
    }
}
