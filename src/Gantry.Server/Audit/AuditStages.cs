namespace Gantry.Server.Audit;

/// <summary>The moments of a request at which an event is made; a set where a policy leaves some out.</summary>
[Flags]
public enum AuditStages
{
    None = 0,

    /// <summary>Before anything is done.</summary>
    RequestReceived = 1,

    /// <summary>The headers of the answer go out; only of requests that last, such as watches.</summary>
    ResponseStarted = 2,

    /// <summary>Nothing more is sent.</summary>
    ResponseComplete = 4,

    /// <summary>The server failed on it.</summary>
    Panic = 8,
}
