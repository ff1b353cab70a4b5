namespace Gantry.Scheduler.Decisions;

/// <summary>What the scheduler decided for one pod.</summary>
public abstract record Decision
{
    private Decision()
    {
    }

    /// <param name="Node">The chosen node.</param>
    /// <param name="Evaluated">How many nodes were looked at.</param>
    /// <param name="Feasible">How many of those fitted.</param>
    /// <param name="Claims">Claims to be prepared before the pod can be bound.</param>
    public sealed record Place(string Node, int Evaluated, int Feasible, IReadOnlyList<ClaimPlan> Claims) : Decision;

    /// <summary>No node fits.</summary>
    public sealed record Refuse(Diagnosis Diagnosis) : Decision;
}
