using Gantry.Api.Models;
using Gantry.Node.Probes;

namespace Gantry.Node.Pods;

/// <summary>The probes of a pod's running containers. Used by one worker at a time.</summary>
public sealed class PodProbes
{
    private readonly PodParts _parts;
    private readonly Action _changed;
    private readonly Dictionary<string, ContainerProbes> _running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ProbeVerdict> _last = new(StringComparer.Ordinal);

    /// <param name="parts">What workers share.</param>
    /// <param name="changed">Called when a verdict changes; must be quick.</param>
    public PodProbes(PodParts parts, Action changed)
    {
        _parts = parts;
        _changed = changed;
    }

    /// <summary>The verdicts by container id; after <see cref="StopAsync"/> those of that moment.</summary>
    public IReadOnlyDictionary<string, ProbeVerdict> Verdicts
    {
        get
        {
            foreach (var (id, probes) in _running)
            {
                _last[id] = probes.Verdict;
            }

            return new Dictionary<string, ProbeVerdict>(_last, StringComparer.Ordinal);
        }
    }

    /// <summary>Probes exactly the containers that run.</summary>
    public async Task FollowAsync(V1Pod pod, PodRuntime runtime)
    {
        foreach (var id in _running.Keys.Where(id => !runtime.Containers.Any(c => c.Id == id && c.Running)).ToList())
        {
            _running.Remove(id, out var ended);
            _last.Remove(id);
            await ended!.DisposeAsync();
        }

        foreach (var container in runtime.Containers.Where(c => c.Running && !_running.ContainsKey(c.Id)))
        {
            if (PodSpecs.AllContainers(pod).FirstOrDefault(s => s.Name == container.Name) is { } spec && ContainerProbes.Needed(spec))
            {
                _running[container.Id] = Start(pod, spec, container, runtime);
            }
        }
    }

    /// <summary>Ends all probes: a pod that is ending must not be killed by them.</summary>
    public async Task StopAsync()
    {
        _ = Verdicts;
        foreach (var probes in _running.Values)
        {
            await probes.DisposeAsync();
        }

        _running.Clear();
    }

    private ContainerProbes Start(V1Pod pod, V1Container spec, ContainerFact container, PodRuntime runtime)
    {
        var address = (pod.Spec.HostNetwork ? _parts.Options.Addresses : runtime.Sandbox?.Addresses ?? []).FirstOrDefault("");
        var regarding = PodEvents.Container(pod, spec.Name);
        var parts = new ProbeParts(_parts.Probes, _changed, words => _parts.Events.Record(regarding, "Warning", "Unhealthy", words), _parts.Clock);
        // A container that was ready before this process began stays so until a probe says otherwise.
        var known = pod.Status.ContainerStatuses.Concat(pod.Status.InitContainerStatuses).FirstOrDefault(s => s.ContainerID.EndsWith("//" + container.Id, StringComparison.Ordinal));
        return new ContainerProbes(
            parts, new ProbeTarget(container.Id, spec, address), container.Started ?? container.Created,
            known is null ? null : new ProbeVerdict { Started = known.Started == true, Ready = known.Ready });
    }
}
