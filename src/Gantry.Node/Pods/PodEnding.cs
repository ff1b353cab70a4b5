using Gantry.Api.Models;
using Gantry.Node.Pods.Steps;

namespace Gantry.Node.Pods;

/// <summary>Ends all of a pod's containers within its grace period, then its sandbox. Safe to repeat, with less time for instance.</summary>
public sealed class PodEnding
{
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    private readonly PodParts _parts;
    private readonly StopStep _stop;

    public PodEnding(PodParts parts, StopStep stop)
    {
        _parts = parts;
        _stop = stop;
    }

    /// <param name="pod">The pod.</param>
    /// <param name="runtime">What runs of it.</param>
    /// <param name="grace">The time for all of it.</param>
    /// <param name="ct">Ends the wait, not the containers.</param>
    public async Task RunAsync(V1Pod pod, PodRuntime runtime, TimeSpan grace, CancellationToken ct)
    {
        var from = _parts.Clock.GetTimestamp();
        var address = (pod.Spec.HostNetwork ? _parts.Options.Addresses : runtime.Sandbox?.Addresses ?? []).FirstOrDefault("");
        var live = runtime.Containers.Where(c => c.Running || c.Phase == ContainerPhase.Unknown).ToList();
        var sidecars = pod.Spec.InitContainers.Where(PodSpecs.IsSidecar).Select(c => c.Name).ToList();

        // 1. All at once, but for the sidecars, which serve the others to the end.
        await Task.WhenAll(live.Where(c => !sidecars.Contains(c.Name, StringComparer.Ordinal)).Select(c => StopAsync(c, grace)));

        // 2. Sidecars, the last first.
        foreach (var container in live.Where(c => sidecars.Contains(c.Name, StringComparer.Ordinal)).OrderByDescending(c => sidecars.IndexOf(c.Name)))
        {
            var rest = grace - _parts.Clock.GetElapsedTime(from);
            await StopAsync(container, rest > Least ? rest : Least);
        }

        // 3. What they stood on.
        foreach (var sandbox in runtime.Sandboxes)
        {
            await _parts.Runtime.StopSandboxAsync(sandbox.Id, ct);
        }

        Task StopAsync(ContainerFact container, TimeSpan time) => _stop.DoAsync(pod, container, address, $"Stopping container {container.Name}", time, ct);
    }
}
