using Gantry.Api.Models;
using Gantry.Node.Probes;

namespace Gantry.Node.Pods.Steps;

/// <summary>Ends one container: its preStop hook, then the stop signal, then, when its time is up, the kill.</summary>
public sealed class StopStep
{
    // What a container gets after a hook that used all its time.
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(2);

    private readonly PodParts _parts;

    public StopStep(PodParts parts)
    {
        _parts = parts;
    }

    /// <param name="pod">The pod.</param>
    /// <param name="container">The container.</param>
    /// <param name="address">Where the pod is reached, for the hook.</param>
    /// <param name="message">Why, for the pod's user.</param>
    /// <param name="grace">Its time, hook included.</param>
    /// <param name="ct">Ends the wait, not the container.</param>
    public async Task DoAsync(V1Pod pod, ContainerFact container, string address, string message, TimeSpan grace, CancellationToken ct)
    {
        var regarding = PodEvents.Container(pod, container.Name);
        _parts.Events.Record(regarding, "Normal", "Killing", message);
        var from = _parts.Clock.GetTimestamp();
        var spec = PodSpecs.AllContainers(pod).FirstOrDefault(c => c.Name == container.Name);
        if (spec?.Lifecycle?.PreStop is { } hook && container.Running && grace > TimeSpan.Zero)
        {
            using var limit = new CancellationTokenSource(grace, _parts.Clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
            var outcome = new ProbeOutcome(false, "it did not end in time");
            try
            {
                outcome = await _parts.Probes.HookAsync(hook, new ProbeTarget(container.Id, spec, address), either.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // The signal follows all the same.
            }

            if (!outcome.Success)
            {
                _parts.Events.Record(regarding, "Warning", "FailedPreStopHook", $"PreStopHook failed: {outcome.Output}");
            }

            var rest = grace - _parts.Clock.GetElapsedTime(from);
            grace = rest > Least ? rest : Least;
        }

        await _parts.Runtime.StopContainerAsync(container.Id, grace, ct);
    }
}
