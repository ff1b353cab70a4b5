using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.Queue;

internal enum QueuePlace
{
    Active,
    Backoff,
    Parked,
    Gated,
    InFlight,
}

/// <summary>A waiting pod and what the queue remembers of it.</summary>
internal sealed class QueueEntry(PodFact pod)
{
    public PodFact Pod { get; set; } = pod;

    public QueuePlace Place { get; set; }

    public int Attempts { get; set; }

    /// <summary>When it entered its present place.</summary>
    public DateTimeOffset Since { get; set; }

    public DateTimeOffset LastTry { get; set; }

    /// <summary>What may help it, while it is parked.</summary>
    public ClusterChange Waiting { get; set; }

    /// <summary>Changes with every move, so that what a heap still holds of an earlier stay is recognised and skipped.</summary>
    public long Ticket { get; set; }
}
