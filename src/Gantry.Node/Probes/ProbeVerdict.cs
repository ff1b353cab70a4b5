namespace Gantry.Node.Probes;

/// <summary>What the probes have found out about one container.</summary>
public sealed record ProbeVerdict
{
    /// <summary>Of a container without probes.</summary>
    public static ProbeVerdict Fine { get; } = new() { Started = true, Ready = true };

    /// <summary>The startup probe has succeeded, or there is none.</summary>
    public bool Started { get; init; }

    /// <summary>Started, and the readiness probe succeeds or there is none.</summary>
    public bool Ready { get; init; }

    /// <summary>Which probe demands the container's end, in words for its user; null: none does.</summary>
    public string? Kill { get; init; }

    /// <summary>The time to end in, where that probe has its own.</summary>
    public TimeSpan? Grace { get; init; }
}
