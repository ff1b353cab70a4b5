using Gantry.Server.Statuses;

namespace Gantry.Server.Services;

/// <summary>What one write of a Service took for itself. It is given back on disposal unless the write is reported as done.</summary>
public sealed class ServiceAllocation : IDisposable
{
    private readonly ServiceAllocator _owner;

    internal ServiceAllocation(ServiceAllocator owner, IReadOnlyList<string> taken, ApiStatus? refusal)
    {
        _owner = owner;
        Taken = taken;
        Refusal = refusal;
    }

    /// <summary>Why the write must not go on, or null.</summary>
    public ApiStatus? Refusal { get; }

    internal IReadOnlyList<string> Taken { get; }

    /// <summary>The Service was written: until the caches show that revision, nobody else gets what it took.</summary>
    public void Commit(long revision) => _owner.Settle(this, revision);

    public void Dispose() => _owner.Settle(this, null);
}
