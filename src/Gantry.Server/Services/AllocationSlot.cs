namespace Gantry.Server.Services;

/// <summary>Holds what one attempt of a write took, and gives it back unless the write is reported as done.</summary>
internal sealed class AllocationSlot : IDisposable
{
    private ServiceAllocation? _taken;

    public void Hold(ServiceAllocation taken) => _taken = taken;

    public void Commit(long revision) => _taken?.Commit(revision);

    public void Dispose() => _taken?.Dispose();
}
