namespace Gantry.Store;

/// <summary>What an acknowledgement of a write promises. The numbers are stored: add, never change.</summary>
public enum Durability
{
    /// <summary>On the disk before it is acknowledged.</summary>
    Full = 0,

    /// <summary>
    /// Visible at once, on the disk later: for heartbeats and lease renewals, which must not wear out a disk. A crash may take the key back to
    /// an earlier value; the store then gives that value a new revision, so no reader keeps the lost one. The first relaxed put of a key
    /// (since it was created) is written like a full one. A version written relaxed is not kept as history once it is replaced.
    /// </summary>
    Relaxed = 1,
}
