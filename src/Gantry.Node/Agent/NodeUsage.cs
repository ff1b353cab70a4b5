using System.Collections.Concurrent;
using Gantry.Node.Cri;
using Gantry.Node.Pods;
using Gantry.Node.Runtime;

namespace Gantry.Node.Agent;

/// <summary>Measures what the machine and its containers use, when asked. The rate is that between two questions at least a second apart.</summary>
public sealed class NodeUsage
{
    private static readonly TimeSpan ShortestSpan = TimeSpan.FromSeconds(1);

    private readonly string _node;
    private readonly string _disk;
    private readonly IContainerRuntime _runtime;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, UsageSample> _earlier = new(StringComparer.Ordinal);

    /// <param name="node">The node's name.</param>
    /// <param name="disk">A folder on the file system that pods and images fill.</param>
    /// <param name="runtime">Where containers are measured.</param>
    /// <param name="clock">Time.</param>
    public NodeUsage(string node, string disk, IContainerRuntime runtime, TimeProvider clock)
    {
        _node = node;
        _disk = disk;
        _runtime = runtime;
        _clock = clock;
    }

    public async Task<NodeUsageReport> ReadAsync(CancellationToken ct)
    {
        var stats = await _runtime.StatsAsync(ct);
        var containers = (await _runtime.ListContainersAsync(null, ct)).Where(c => c.State == ContainerState.ContainerRunning).ToDictionary(c => c.Id, StringComparer.Ordinal);
        var sandboxes = (await _runtime.ListSandboxesAsync(null, ct)).ToDictionary(s => s.Id, StringComparer.Ordinal);
        var pods = stats
            .Where(s => containers.ContainsKey(s.Attributes.Id))
            .Select(s => (Stats: s, Container: containers[s.Attributes.Id]))
            .Where(p => sandboxes.ContainsKey(p.Container.PodSandboxId))
            .GroupBy(p => p.Container.PodSandboxId, p => p, StringComparer.Ordinal)
            .Select(g => Pod(sandboxes[g.Key], [.. g.Select(p => Container(p.Stats, p.Container)).OrderBy(c => c.Name, StringComparer.Ordinal)]))
            .OrderBy(p => p.Namespace, StringComparer.Ordinal).ThenBy(p => p.Name, StringComparer.Ordinal)
            .ToList();
        foreach (var gone in _earlier.Keys.Where(id => id.Length > 0 && !containers.ContainsKey(id)))
        {
            _earlier.TryRemove(gone, out _);
        }

        var machine = MachineUsage.Read();
        var disk = new DriveInfo(_disk);
        return new NodeUsageReport(
            _node,
            machine.Booted,
            WithRate("", new UsageSample(_clock.GetUtcNow(), machine.CpuNanoseconds, null, machine.WorkingSet)),
            machine.MemoryAvailable,
            new DiskUsage(disk.TotalSize, disk.AvailableFreeSpace, disk.TotalSize - disk.TotalFreeSpace),
            pods);
    }

    private static PodUsage Pod(PodSandbox sandbox, IReadOnlyList<ContainerUsage> containers) => new(
        sandbox.Labels.GetValueOrDefault(RuntimeNames.PodNamespace, sandbox.Metadata.Namespace),
        sandbox.Labels.GetValueOrDefault(RuntimeNames.PodName, sandbox.Metadata.Name),
        sandbox.Labels.GetValueOrDefault(RuntimeNames.PodUid, sandbox.Metadata.Uid),
        Time(sandbox.CreatedAt),
        containers);

    private ContainerUsage Container(ContainerStats stats, Container container)
    {
        var sample = new UsageSample(
            stats.Cpu is { Timestamp: > 0 } cpu ? Time(cpu.Timestamp) : _clock.GetUtcNow(),
            stats.Cpu?.UsageCoreNanoSeconds?.Value ?? 0,
            null,
            stats.Memory?.WorkingSetBytes?.Value ?? 0);
        return new ContainerUsage(container.Metadata.Name, Time(container.CreatedAt), WithRate(container.Id, sample));
    }

    private static DateTimeOffset Time(long nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100);

    private UsageSample WithRate(string id, UsageSample now)
    {
        if (_earlier.TryGetValue(id, out var before) && now.Time - before.Time < ShortestSpan)
        {
            // Asked again at once: the rate of the last long enough span still holds.
            return now with { CpuNanocores = before.CpuNanocores };
        }

        var rated = before.Time == default || now.CpuNanoseconds < before.CpuNanoseconds
            ? now
            : now with { CpuNanocores = (ulong)((now.CpuNanoseconds - before.CpuNanoseconds) / (now.Time - before.Time).TotalSeconds) };
        _earlier[id] = rated;
        return rated;
    }
}
