namespace Gantry.Control;

/// <summary>Sees to it that of several processes only one does a piece of work.</summary>
public interface ILeadership
{
    /// <summary>
    /// Runs <paramref name="work"/> whenever this process leads, with a token that is cancelled when it no longer does; until
    /// <paramref name="ct"/> is cancelled.
    /// </summary>
    Task RunAsync(Func<CancellationToken, Task> work, CancellationToken ct);
}
