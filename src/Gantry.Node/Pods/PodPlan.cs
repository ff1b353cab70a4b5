namespace Gantry.Node.Pods;

/// <summary>What to do for a pod now.</summary>
public sealed record PodPlan
{
    public static PodPlan Wait { get; } = new();

    /// <summary>In order; each is independent of the others' success unless it needs what they make.</summary>
    public IReadOnlyList<PodStep> Steps { get; init; } = [];

    /// <summary>When to look again although nothing happened; null: never.</summary>
    public DateTimeOffset? LookAgain { get; init; }

    /// <summary>The pod is over: what still runs is to be stopped. Null while it goes on.</summary>
    public PodEnd? End { get; init; }
}
