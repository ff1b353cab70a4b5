using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.Reading;

/// <summary>
/// What a pod requests as a whole. Containers run together, so they add up; an init container runs alone beside the sidecars started before
/// it, so only the largest such moment counts; sidecars (init containers that always restart) stay and add to the containers; overhead comes on top.
/// </summary>
internal static class RequestReader
{
    /// <summary>What scores take for a container that requests no CPU.</summary>
    public const long UnstatedMilliCpu = 100;

    /// <summary>What scores take for a container that requests no memory.</summary>
    public const long UnstatedMemory = 200L << 20;

    public static Resources Read(V1PodSpec spec)
    {
        // The usual pod has a container or two and requests CPU and memory only: no dictionary is needed for it.
        var names = Names(spec);
        var extended = names.Count == 0 ? [] : new ExtendedResource[names.Count];
        for (var i = 0; i < extended.Length; i++)
        {
            var name = names[i];
            extended[i] = new ExtendedResource(name, Total(spec, c => Amount(c, name), name));
        }

        return new Resources
        {
            MilliCpu = Total(spec, c => Milli(c.Resources.Requests, "cpu", 0), "cpu"),
            Memory = Total(spec, c => Amount(c, "memory"), "memory"),
            EphemeralStorage = Total(spec, c => Amount(c, "ephemeral-storage"), "ephemeral-storage"),
            Extended = extended,
        };
    }

    public static long ScoredMilliCpu(V1PodSpec spec) => Total(spec, c => Milli(c.Resources.Requests, "cpu", UnstatedMilliCpu), "cpu");

    public static long ScoredMemory(V1PodSpec spec) =>
        Total(spec, c => c.Resources.Requests.TryGetValue("memory", out var quantity) ? quantity.Value : UnstatedMemory, "memory");

    private static long Total(V1PodSpec spec, Func<V1Container, long> of, string name)
    {
        long running = 0;
        foreach (var container in spec.Containers)
        {
            running += of(container);
        }

        long sidecars = 0;
        long start = 0;
        foreach (var container in spec.InitContainers)
        {
            var amount = of(container);
            if (container.RestartPolicy == "Always")
            {
                sidecars += amount;
                start = Math.Max(start, sidecars);
            }
            else
            {
                start = Math.Max(start, sidecars + amount);
            }
        }

        return Math.Max(running + sidecars, start) + Overhead(spec, name);
    }

    private static long Overhead(V1PodSpec spec, string name) =>
        spec.Overhead.Count == 0 ? 0
        : name == "cpu" ? Milli(spec.Overhead, name, 0)
        : spec.Overhead.TryGetValue(name, out var quantity) ? quantity.Value : 0;

    private static long Milli(IReadOnlyDictionary<string, Quantity> amounts, string name, long unstated) =>
        amounts.TryGetValue(name, out var quantity) ? quantity.MilliValue : unstated;

    private static long Amount(V1Container container, string name) =>
        container.Resources.Requests.TryGetValue(name, out var quantity) ? quantity.Value : 0;

    private static List<string> Names(V1PodSpec spec)
    {
        List<string> names = [];
        foreach (var container in spec.Containers)
        {
            Collect(container.Resources.Requests, names);
        }

        foreach (var container in spec.InitContainers)
        {
            Collect(container.Resources.Requests, names);
        }

        Collect(spec.Overhead, names);
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    private static void Collect(IReadOnlyDictionary<string, Quantity> amounts, List<string> names)
    {
        foreach (var name in amounts.Keys)
        {
            if (name is not ("cpu" or "memory" or "ephemeral-storage") && !names.Contains(name))
            {
                names.Add(name);
            }
        }
    }
}
