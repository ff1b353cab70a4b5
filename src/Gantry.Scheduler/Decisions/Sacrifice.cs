using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.Decisions;

/// <summary>What it would cost to make room on one node.</summary>
/// <param name="Victims">Most important first.</param>
/// <param name="Violations">How many evictions a disruption budget forbids.</param>
internal sealed record Sacrifice(string Node, IReadOnlyList<PodFact> Victims, int Violations)
{
    /// <summary>
    /// Kubernetes' order: fewest budget violations, lowest top priority, lowest sum of priorities, fewest pods, and the most recent start
    /// of the top pods; then the node's name, so that the order is total.
    /// </summary>
    public static readonly IComparer<Sacrifice> Cheapest = Comparer<Sacrifice>.Create(Compare);

    private int TopPriority => Victims.Count == 0 ? int.MinValue : Victims[0].Priority;

    /// <summary>Shifted, so that a few negative priorities do not make many victims cheaper than one.</summary>
    private long PrioritySum => Victims.Sum(v => v.Priority + (long)int.MaxValue + 1);

    private DateTimeOffset EarliestTopStart =>
        Victims.Where(v => v.Priority == TopPriority).Select(Importance.StartOf).DefaultIfEmpty(DateTimeOffset.MinValue).Min();

    private static int Compare(Sacrifice? left, Sacrifice? right)
    {
        var order = left!.Violations.CompareTo(right!.Violations);
        order = order != 0 ? order : left.TopPriority.CompareTo(right.TopPriority);
        order = order != 0 ? order : left.PrioritySum.CompareTo(right.PrioritySum);
        order = order != 0 ? order : left.Victims.Count.CompareTo(right.Victims.Count);
        order = order != 0 ? order : right.EarliestTopStart.CompareTo(left.EarliestTopStart);
        return order != 0 ? order : string.CompareOrdinal(left.Node, right.Node);
    }
}
