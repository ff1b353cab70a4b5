namespace Gantry.Server.Flows;

/// <summary>What flow control is told by the server's options.</summary>
/// <param name="Seats">How many requests the server answers at once.</param>
/// <param name="RequestTimeout">How long a request may take.</param>
public readonly record struct FlowSettings(int Seats, TimeSpan RequestTimeout)
{
    /// <summary>How many of them are there for writes.</summary>
    public int WritingSeats { get; init; }

    /// <summary>How long a request may wait for its seat: a quarter of its time, as the rest is for being answered.</summary>
    public TimeSpan WaitLimit => RequestTimeout / 4;
}
