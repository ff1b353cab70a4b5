namespace Gantry.Node.Logs;

/// <summary>What a reader of a container's log asked for.</summary>
public sealed record LogOptions
{
    /// <summary>Go on with new lines until the container ends.</summary>
    public bool Follow { get; init; }

    /// <summary>The log of the attempt before the current one.</summary>
    public bool Previous { get; init; }

    /// <summary>Put the time before each line.</summary>
    public bool Timestamps { get; init; }

    /// <summary>Only that many lines from the end; null: all.</summary>
    public long? TailLines { get; init; }

    /// <summary>At most that many bytes of output; null: no limit.</summary>
    public long? LimitBytes { get; init; }

    /// <summary>Only lines of that time or later.</summary>
    public DateTimeOffset? Since { get; init; }
}
