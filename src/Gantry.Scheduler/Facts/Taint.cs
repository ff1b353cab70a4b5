namespace Gantry.Scheduler.Facts;

public sealed record Taint(string Key, string Value, TaintEffect Effect)
{
    /// <summary>The taint a cordoned node is understood to carry.</summary>
    public static readonly Taint Unschedulable = new("node.kubernetes.io/unschedulable", "", TaintEffect.NoSchedule);
}
