namespace Gantry.Control;

/// <summary>The leadership of a process that has no rivals: it asks nobody and writes nothing.</summary>
public sealed class AloneLeadership : ILeadership
{
    public Task RunAsync(Func<CancellationToken, Task> work, CancellationToken ct) => work(ct);
}
