namespace Gantry.Control;

/// <summary>How the loops of a process are run.</summary>
public sealed record LoopHostOptions
{
    public BackoffOptions Backoff { get; init; } = new();

    /// <summary>The seed of everything random in the host.</summary>
    public int Seed { get; init; }

    /// <summary>A loop that does not end within this time after it was asked to is left behind.</summary>
    public TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Every problem with these values.</summary>
    public IEnumerable<string> Check()
    {
        if (StopLimit <= TimeSpan.Zero)
        {
            yield return "loops.stopLimit must be positive";
        }

        foreach (var problem in Backoff.Check())
        {
            yield return problem;
        }
    }
}
