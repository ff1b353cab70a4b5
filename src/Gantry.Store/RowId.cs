namespace Gantry.Store;

/// <summary>
/// The number of a single write: its revision times <see cref="StoreTransaction.MaxWrites"/> plus its place in the transaction. So the order
/// of the numbers is the order of the writes, and the SQLite engine can use it as its row id: every insert is an append.
/// </summary>
public static class RowId
{
    /// <summary>What a row costs beside its key and value, for the budgets.</summary>
    public const int Overhead = 64;

    public static long Of(Revision revision, int place) => (revision.Value * StoreTransaction.MaxWrites) + place;

    public static Revision RevisionOf(long id) => new(id / StoreTransaction.MaxWrites);

    /// <summary>The largest number a write at or before <paramref name="revision"/> can have.</summary>
    public static long LastOf(Revision revision) => Of(revision, StoreTransaction.MaxWrites - 1);
}
