namespace Gantry.Server.Audit;

/// <summary>How large events and batches of them may be, bytes.</summary>
public sealed record AuditTruncateOptions
{
    public bool Enabled { get; init; }

    public long MaxBatchSize { get; init; } = 10 * 1024 * 1024;

    public long MaxEventSize { get; init; } = 100 * 1024;

    internal IEnumerable<string> Check(string plugin)
    {
        if (MaxEventSize <= 0)
        {
            yield return $"invalid audit truncate {plugin} max event size {MaxEventSize}, must be a positive number";
        }

        if (MaxBatchSize < MaxEventSize)
        {
            yield return $"invalid audit truncate {plugin} max batch size {MaxBatchSize}, must be greater than max event size ({MaxEventSize})";
        }
    }
}
