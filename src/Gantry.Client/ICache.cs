namespace Gantry.Client;

/// <summary>What a host needs of a cache, whatever its kind.</summary>
public interface ICache
{
    /// <summary>The resource it holds, as errors name it.</summary>
    string Name { get; }

    /// <summary>Whether the first list is in.</summary>
    bool Synced { get; }

    /// <summary>The newest revision seen, 0 before the first list.</summary>
    long Revision { get; }

    /// <summary>Completes when the first list is in.</summary>
    Task WaitForSyncAsync(CancellationToken ct = default);

    /// <summary>Keeps the cache current until cancelled.</summary>
    Task RunAsync(CancellationToken ct);
}
