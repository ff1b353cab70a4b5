namespace Gantry.Store;

/// <summary>A snapshot of the store's condition, for health endpoints and metrics. Sizes are bytes.</summary>
public sealed record StoreHealth
{
    public static readonly StoreHealth Unknown = new();

    public StoreCondition Condition { get; init; }

    /// <summary>A sentence for people; empty when all is well.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Since when the condition holds.</summary>
    public DateTimeOffset Since { get; init; }

    public Revision Current { get; init; }

    /// <summary>The oldest revision still kept.</summary>
    public Revision Oldest { get; init; }

    public long Keys { get; init; }

    public long LiveBytes { get; init; }

    public long HistoryBytes { get; init; }

    public long ExpiringBytes { get; init; }

    /// <summary>What the engine uses of its ceiling.</summary>
    public long UsedBytes { get; init; }

    /// <summary>How long the last group of writes took to become durable.</summary>
    public TimeSpan LastCommit { get; init; }
}
