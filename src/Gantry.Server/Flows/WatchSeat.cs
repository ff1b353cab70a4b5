namespace Gantry.Server.Flows;

/// <summary>The seats of a watch, which are given back when it has begun, or has ended before.</summary>
internal sealed class WatchSeat(FlowSeat seat, TimeProvider clock)
{
    private int _given;

    /// <summary>Gives them back, if that has not happened yet.</summary>
    public void Give()
    {
        if (Interlocked.Exchange(ref _given, 1) == 0)
        {
            seat.Give(clock, watches: true);
        }
    }
}
