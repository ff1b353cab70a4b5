using Gantry.Server.Requests;

namespace Gantry.Server.Flows;

/// <summary>A request that waits in a queue for its seats.</summary>
public sealed class WaitingRequest(ServedFlow flow, string distinguisher, Work work, UserInfo user, RequestInfo info)
{
    public ServedFlow Flow { get; } = flow;

    public string Distinguisher { get; } = distinguisher;

    public Work Work { get; } = work;

    public int Seats => Work.Seats;

    public UserInfo User { get; } = user;

    public RequestInfo Info { get; } = info;

    public DateTimeOffset Arrived { get; init; }

    /// <summary>The level's virtual time when it came.</summary>
    public double ArrivedVirtually { get; set; }

    public QueueState? Queue { get; set; }

    /// <summary>Completes when the seats are taken for it.</summary>
    public TaskCompletionSource Seated { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
