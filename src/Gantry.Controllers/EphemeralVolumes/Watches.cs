using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.EphemeralVolumes;

/// <summary>Makes the claims of pods' ephemeral volumes; they go with the pod, which owns them.</summary>
public sealed class EphemeralVolumeController : IController
{
    private readonly PlanRunner _runner;
    private readonly Cache<V1Pod> _pods;
    private readonly Cache<V1PersistentVolumeClaim> _claims;

    public EphemeralVolumeController(ControllerContext context)
    {
        _runner = new PlanRunner(context);
        _pods = context.Caches.Of<V1Pod>();
        _claims = context.Caches.Of<V1PersistentVolumeClaim>();
    }

    public string Name => "ephemeral-volume";

    public IEnumerable<ICache> Caches => [_pods, _claims];

    public void Watch(IKeySink keys)
    {
        _pods.Subscribe(change =>
        {
            if (change is { Added: true, New: { } pod } && pod.Spec.Volumes.Any(v => v.Ephemeral is not null))
            {
                keys.Add(ObjectKey.Of(pod));
            }
        });
        _claims.Subscribe(change =>
        {
            if (change.Deleted && change.Object.Metadata.OwnerReferences.FirstOrDefault(o => o is { Kind: "Pod", Controller: true }) is { } owner)
            {
                keys.Add(new ObjectKey(change.Object.Metadata.Namespace, owner.Name));
            }
        });
    }

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (!_runner.Settled(key))
        {
            return Again.After(TimeSpan.FromMilliseconds(50));
        }

        var plan = _pods.Snapshot.Get(key) is { } pod ? EphemeralVolumePlanner.Plan(pod, name => _claims.Snapshot.Get(key.Namespace, name)) : [];
        var error = await _runner.PerformAsync(key, plan, ct).ConfigureAwait(false);
        return error is null or { IsNamespaceTerminating: true } ? Again.No : Again.Failed(error.Message);
    }
}
