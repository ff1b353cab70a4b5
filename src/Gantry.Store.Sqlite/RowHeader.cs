namespace Gantry.Store.Sqlite;

/// <summary>The numbers of a row; times are Unix milliseconds, 0 for none.</summary>
internal readonly record struct RowHeader
{
    public long Id { get; init; }

    public long Created { get; init; }

    public long Version { get; init; }

    public long Previous { get; init; }

    public long Written { get; init; }

    public long Expires { get; init; }

    public int Flags { get; init; }
}
