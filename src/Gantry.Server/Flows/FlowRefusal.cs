namespace Gantry.Server.Flows;

/// <summary>Why a request was not let in; the names are those of the metric's label.</summary>
public enum FlowRefusal
{
    None,

    /// <summary>The level queues nothing and has no seat free.</summary>
    ConcurrencyLimit,

    /// <summary>The queue is as long as it may be.</summary>
    QueueFull,

    /// <summary>The request has waited as long as it may.</summary>
    TimeOut,

    /// <summary>The client has gone while it waited.</summary>
    Cancelled,
}
