namespace Gantry.Server.Flows;

/// <summary>One queue of a priority level, with what fair dispatching has to remember of it. Only touched under the level's lock.</summary>
public sealed class QueueState(int index)
{
    public int Index { get; } = index;

    public LinkedList<WaitingRequest> Waiting { get; } = new();

    public int WaitingSeats { get; set; }

    /// <summary>Requests that came through this queue and are being answered.</summary>
    public int Executing { get; set; }

    public int ExecutingSeats { get; set; }

    /// <summary>The virtual time at which the next request would begin if every queue had a server of its own.</summary>
    public double NextDispatch { get; set; }

    public bool IsIdle => Waiting.Count == 0 && Executing == 0;
}
