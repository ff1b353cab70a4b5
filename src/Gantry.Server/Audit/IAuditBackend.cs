namespace Gantry.Server.Audit;

/// <summary>Where events go. Disposing it waits, within limits, until what it took is written.</summary>
public interface IAuditBackend : IAsyncDisposable
{
    /// <summary>Takes events, in order.</summary>
    /// <returns>Whether they are as safe as this backend makes them; false where they were lost, which is counted.</returns>
    ValueTask<bool> ProcessAsync(IReadOnlyList<AuditEvent> events, CancellationToken cancellation);
}
