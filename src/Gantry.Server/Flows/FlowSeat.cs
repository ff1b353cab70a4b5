namespace Gantry.Server.Flows;

/// <summary>The seats of one request that is being answered; given back once.</summary>
/// <param name="Flow">The request's schema.</param>
/// <param name="Seats">How many.</param>
/// <param name="Queue">The queue through which it came, or null.</param>
/// <param name="From">When it got them, a timestamp of the clock.</param>
public readonly record struct FlowSeat(ServedFlow Flow, int Seats, QueueState? Queue, long From)
{
    /// <param name="clock">Tells how long it had them.</param>
    /// <param name="watches">Whether it was a watch that has begun.</param>
    public void Give(TimeProvider clock, bool watches = false)
    {
        var took = clock.GetElapsedTime(From);
        Flow.Level.Give(Seats, Queue, took);
        Flow.Figures.End(took, watches);
    }
}
