using Gantry.Api.Models;
using Gantry.Node.Machine;
using Gantry.Node.Volumes;

namespace Gantry.Node.Pods;

/// <summary>
/// Ends pods that harm others: one at a time while the machine is short of memory, before the kernel chooses, and those whose emptyDir
/// volumes hold more than they may.
/// </summary>
public sealed class Evictions
{
    // What a pod gave free shows after its containers have ended.
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(20);

    private readonly PodParts _parts;
    private readonly Action<V1Pod, PodEnd> _evict;

    /// <param name="parts">What workers share.</param>
    /// <param name="evict">Ends a pod; must be quick.</param>
    public Evictions(PodParts parts, Action<V1Pod, PodEnd> evict)
    {
        _parts = parts;
        _evict = evict;
    }

    public Task RunAsync(CancellationToken ct) => Task.WhenAll(
        Rounds.RunAsync("eviction for memory", _parts.Options.StatusInterval, MemoryAsync, _parts.Clock, _parts.Log, ct),
        Rounds.RunAsync("eviction for volumes", _parts.Options.GarbageInterval, VolumesAsync, _parts.Clock, _parts.Log, ct));

    private async Task MemoryAsync(CancellationToken ct)
    {
        var free = MachinePressure.Read(_parts.Options.PodDirectory).FreeMemory;
        if (free < _parts.Options.MemoryReserve && EvictionChoice.First(await UseAsync(ct)) is { } first)
        {
            _evict(first.Pod, EvictionChoice.End(first, _parts.Options.MemoryReserve, free));
            await Task.Delay(Settle, _parts.Clock, ct);
        }
    }

    private async Task<IReadOnlyList<MemoryUse>> UseAsync(CancellationToken ct)
    {
        var pods = Live().ToDictionary(p => p.Metadata.Uid, StringComparer.Ordinal);
        return
        [
            .. (await _parts.Runtime.StatsAsync(ct))
                .Where(s => s.Attributes.Labels.TryGetValue(RuntimeNames.PodUid, out var uid) && pods.ContainsKey(uid))
                .GroupBy(s => s.Attributes.Labels[RuntimeNames.PodUid], StringComparer.Ordinal)
                .Select(g => new MemoryUse(
                    pods[g.Key],
                    g.GroupBy(s => s.Attributes.Metadata.Name, StringComparer.Ordinal)
                        .ToDictionary(c => c.Key, c => c.Sum(s => (long)(s.Memory?.WorkingSetBytes?.Value ?? 0)), StringComparer.Ordinal))),
        ];
    }

    private Task VolumesAsync(CancellationToken ct)
    {
        foreach (var pod in Live())
        {
            // In memory the file system itself keeps the limit.
            foreach (var volume in pod.Spec.Volumes.Where(v => v.EmptyDir is { Medium: "", SizeLimit.IsZero: false }))
            {
                ct.ThrowIfCancellationRequested();
                var limit = volume.EmptyDir!.SizeLimit!.Value;
                if (Used(_parts.Folders.Volume(pod.Metadata.Uid, "empty-dir", volume.Name)) > limit.Value)
                {
                    _evict(pod, EvictionChoice.End(volume.Name, limit));
                    break;
                }
            }
        }

        return Task.CompletedTask;
    }

    private IEnumerable<V1Pod> Live() => _parts.Pods.Snapshot.All.Where(p => p.Metadata.DeletionTimestamp is null && !PodSpecs.IsTerminal(p));

    private static long Used(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return 0;
        }

        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        return Directory.EnumerateFiles(folder, "*", options).Sum(LinuxFiles.DiskBytes);
    }
}
