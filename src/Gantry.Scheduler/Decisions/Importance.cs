using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.Decisions;

/// <summary>Which pod is spared first: the higher priority, then the longer running.</summary>
internal static class Importance
{
    public static readonly Comparer<PodFact> MostFirst = Comparer<PodFact>.Create((left, right) =>
    {
        var order = right.Priority.CompareTo(left.Priority);
        order = order != 0 ? order : StartOf(left).CompareTo(StartOf(right));
        return order != 0 ? order : string.CompareOrdinal(left.Uid, right.Uid);
    });

    /// <summary>A pod that has not started counts as starting last.</summary>
    public static DateTimeOffset StartOf(PodFact pod) => pod.Started ?? DateTimeOffset.MaxValue;
}
