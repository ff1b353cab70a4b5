namespace Gantry.Server.Flows;

/// <summary>The seats of one request that is being answered; given back once.</summary>
/// <param name="Flow">The request's schema.</param>
/// <param name="Work">What it costs.</param>
/// <param name="Queue">The queue through which it came, or null.</param>
/// <param name="From">When it got them, a timestamp of the clock.</param>
/// <param name="Kinds">Who counts requests that read and that write.</param>
/// <param name="Writes">Whether it is one that writes.</param>
public readonly record struct FlowSeat(ServedFlow Flow, Work Work, QueueState? Queue, long From, RequestKinds Kinds, bool Writes)
{
    /// <param name="clock">Tells how long it had them.</param>
    /// <param name="watches">Whether it was a watch that has begun.</param>
    public void Give(TimeProvider clock, bool watches = false)
    {
        var took = clock.GetElapsedTime(From);
        Flow.Level.Give(Work, Queue, took, Flow.Figures);
        Flow.Figures.End(took, watches);
        Kinds.Executing(Writes, -1);
    }
}
