namespace Gantry.Node.Logs;

/// <summary>What has happened to a watched file since the last look.</summary>
[Flags]
public enum FileSigns
{
    None = 0,

    /// <summary>Written to, created, renamed or deleted.</summary>
    Changed = 1,

    /// <summary>A writer closed it; or nobody can say, and the caller should look for itself.</summary>
    Closed = 2,
}
