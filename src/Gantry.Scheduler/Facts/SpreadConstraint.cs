namespace Gantry.Scheduler.Facts;

/// <summary>One topology spread constraint, with matchLabelKeys already folded into the selector.</summary>
public sealed record SpreadConstraint
{
    public required string TopologyKey { get; init; }

    public required Selector Selector { get; init; }

    /// <summary>How many more matching pods a domain may hold than the emptiest one; at least 1.</summary>
    public int MaxSkew { get; init; } = 1;

    /// <summary>With fewer eligible domains than this the emptiest domain counts as empty, so that pods wait for a new domain.</summary>
    public int MinDomains { get; init; } = 1;

    /// <summary>True for DoNotSchedule (a filter), false for ScheduleAnyway (a score).</summary>
    public bool Hard { get; init; } = true;

    /// <summary>nodeAffinityPolicy Honor: nodes the pod's own selectors exclude are not counted.</summary>
    public bool HonorNodeAffinity { get; init; } = true;

    /// <summary>nodeTaintsPolicy Honor: nodes with taints the pod does not tolerate are not counted.</summary>
    public bool HonorTaints { get; init; }
}
