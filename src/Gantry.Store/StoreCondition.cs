namespace Gantry.Store;

public enum StoreCondition
{
    Ok = 0,

    /// <summary>Commits take longer than <see cref="StoreOptions.SlowCommit"/>; callers wait.</summary>
    Slow = 1,

    /// <summary>The ceiling is reached or the disk is full: growing puts are refused, deletes and compaction work.</summary>
    Full = 2,

    /// <summary>The disk fails writes; each new write tries again.</summary>
    Failing = 3,
}
