namespace Gantry.Store.Sqlite;

/// <summary>Why a store file cannot be opened.</summary>
public enum StoreFileProblem
{
    /// <summary>Another process, or another store of this one, has it open.</summary>
    InUse = 1,

    /// <summary>It is not, or no longer, readable as what it was written as.</summary>
    Damaged = 2,

    /// <summary>It is a database, but not a store of Gantry.</summary>
    Foreign = 3,

    /// <summary>A newer Gantry wrote it.</summary>
    Newer = 4,

    /// <summary>The file that was asked for is not there, or one is there that should not be.</summary>
    Path = 5,
}
