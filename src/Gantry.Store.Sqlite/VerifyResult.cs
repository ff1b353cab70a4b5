namespace Gantry.Store.Sqlite;

/// <summary>What a check of a store file found.</summary>
public abstract record VerifyResult
{
    private VerifyResult()
    {
    }

    /// <summary>Every page and row is as it was written.</summary>
    public sealed record Sound(Revision Current, Revision Oldest, long Keys, long Rows, long Bytes) : VerifyResult;

    /// <summary>What is wrong, a sentence each.</summary>
    public sealed record Damaged(IReadOnlyList<string> Problems) : VerifyResult;
}
