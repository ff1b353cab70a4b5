using System.Globalization;

namespace Gantry.Server.Audit;

/// <summary>Whether requests wait until their events are written, and how events are collected where they do not.</summary>
public sealed record AuditBatchOptions
{
    public const string Batch = "batch";
    public const string Blocking = "blocking";
    public const string BlockingStrict = "blocking-strict";

    /// <summary>
    /// <c>batch</c>: events are collected and written later. <c>blocking</c>: an answer waits for its event. <c>blocking-strict</c>: and a request whose
    /// first event cannot be written is refused.
    /// </summary>
    public string Mode { get; init; } = Batch;

    /// <summary>How many events wait at most; those that come after are lost.</summary>
    public int BufferSize { get; init; } = 10_000;

    public int MaxSize { get; init; } = 1;

    public TimeSpan MaxWait { get; init; }

    public bool Throttle { get; init; }

    /// <summary>Batches a second, on average.</summary>
    public double ThrottleQps { get; init; } = 10;

    /// <summary>Batches at once after a pause.</summary>
    public int ThrottleBurst { get; init; } = 15;

    /// <summary>What a file gets where nothing else is said.</summary>
    public static AuditBatchOptions OfLog { get; } = new() { Mode = Blocking };

    /// <summary>What a webhook gets where nothing else is said.</summary>
    public static AuditBatchOptions OfWebhook { get; } = new() { MaxSize = 400, MaxWait = TimeSpan.FromSeconds(30), Throttle = true };

    internal IEnumerable<string> Check(string plugin)
    {
        if (Mode is not (Batch or Blocking or BlockingStrict))
        {
            yield return $"invalid audit {plugin} mode {Mode}, allowed modes are \"{Batch},{Blocking},{BlockingStrict}\"";
        }

        if (Mode != Batch)
        {
            yield break;
        }

        if (BufferSize <= 0)
        {
            yield return $"invalid audit batch {plugin} buffer size {BufferSize}, must be a positive number";
        }

        if (MaxSize <= 0)
        {
            yield return $"invalid audit batch {plugin} max batch size {MaxSize}, must be a positive number";
        }

        if (Throttle && ThrottleQps <= 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"invalid audit batch {plugin} throttle QPS {ThrottleQps}, must be a positive number");
        }

        if (Throttle && ThrottleBurst <= 0)
        {
            yield return $"invalid audit batch {plugin} throttle burst {ThrottleBurst}, must be a positive number";
        }
    }
}
