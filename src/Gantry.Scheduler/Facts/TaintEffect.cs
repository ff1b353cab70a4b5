namespace Gantry.Scheduler.Facts;

/// <summary>What a taint does to pods that do not tolerate it.</summary>
public enum TaintEffect
{
    NoSchedule,
    PreferNoSchedule,
    NoExecute,
}
