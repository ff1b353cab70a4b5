using Gantry.Client;

namespace Gantry.Control;

/// <summary>
/// A loop over keys: its watches say which objects to look at, the host calls <see cref="ReconcileAsync"/> for each, never twice at
/// once for the same key, again after failures.
/// </summary>
public interface IController
{
    /// <summary>Names the loop in logs, metrics and faults.</summary>
    string Name { get; }

    /// <summary>How many keys may be worked on at once.</summary>
    int Workers => 2;

    /// <summary>The caches it reads. The host waits for their first lists before the first key.</summary>
    IEnumerable<ICache> Caches { get; }

    /// <summary>Subscribes to the caches; every change becomes keys. Called once, before the caches are filled or after.</summary>
    void Watch(IKeySink keys);

    /// <summary>A loop that the host runs beside the workers until it stops; null for none. It ends only when cancelled.</summary>
    Func<CancellationToken, Task>? Loop => null;

    /// <summary>Brings the world of one key closer to what is wanted. Exceptions count as failures and are retried.</summary>
    ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct);
}
