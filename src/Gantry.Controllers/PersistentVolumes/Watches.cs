using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.PersistentVolumes;

/// <summary>Binds claims and volumes. Keys without a namespace are volumes, the others claims; one worker, since claims compete for volumes.</summary>
public sealed class PersistentVolumeController : IController
{
    private readonly ControllerContext _context;
    private readonly PlanRunner _runner;
    private readonly Cache<V1PersistentVolume> _volumes;
    private readonly Cache<V1PersistentVolumeClaim> _claims;
    private readonly Cache<V1StorageClass> _classes;
    private readonly Cache<V1Node> _nodes;

    public PersistentVolumeController(ControllerContext context)
    {
        _context = context;
        _runner = new PlanRunner(context);
        _volumes = context.Caches.Of<V1PersistentVolume>();
        _claims = context.Caches.Of<V1PersistentVolumeClaim>();
        _classes = context.Caches.Of<V1StorageClass>();
        _nodes = context.Caches.Of<V1Node>();
    }

    public string Name => "persistentvolume-binder";

    public int Workers => 1;

    public IEnumerable<ICache> Caches => [_volumes, _claims, _classes, _nodes];

    public void Watch(IKeySink keys)
    {
        _claims.Subscribe(change =>
        {
            keys.Add(ObjectKey.Of(change.Object));
            if (change.Object.Spec.VolumeName.Length > 0)
            {
                keys.Add(new ObjectKey(change.Object.Spec.VolumeName));
            }

            foreach (var volume in _volumes.Snapshot.All.Where(v => change.Deleted && VolumeMatch.IsReserved(v, change.Object)))
            {
                keys.Add(ObjectKey.Of(volume));
            }
        });
        _volumes.Subscribe(change =>
        {
            keys.Add(ObjectKey.Of(change.Object));
            if (change.Object.Spec.ClaimRef is { } claim)
            {
                keys.Add(new ObjectKey(claim.Namespace, claim.Name));
            }
            else
            {
                AddPending(keys);
            }
        });
        _classes.Subscribe(_ => AddPending(keys));
    }

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        // Whatever was written last, for whichever key, must be seen before the next choice.
        if (!_runner.Settled(default))
        {
            return Again.After(TimeSpan.FromMilliseconds(20));
        }

        var plan = key.Namespace.Length == 0 ? Volume(key) : Claim(key);
        if (plan is null)
        {
            return Again.No;
        }

        var error = await _runner.PerformAsync(default, plan.Intents, ct).ConfigureAwait(false);
        await _runner.PerformAsync(default, plan.Events, ct).ConfigureAwait(false);
        return error is not null and not { IsNotFound: true } ? Again.Failed(error.Message) : Again.No;
    }

    private VolumePlan? Claim(ObjectKey key)
    {
        if (_claims.Snapshot.Get(key) is not { Metadata.DeletionTimestamp: null } claim)
        {
            return null;
        }

        return ClaimPlanner.Plan(new ClaimView
        {
            Claim = claim,
            Volumes = [.. _volumes.Snapshot.All],
            Class = VolumeMatch.Class(claim) is { Length: > 0 } name ? _classes.Snapshot.Get("", name) : null,
            Node = claim.Metadata.Annotations.TryGetValue(Bindings.SelectedNode, out var node) ? _nodes.Snapshot.Get("", node) : null,
            Now = _context.Clock.GetUtcNow(),
        });
    }

    private VolumePlan? Volume(ObjectKey key)
    {
        if (_volumes.Snapshot.Get(key) is not { } volume)
        {
            return null;
        }

        var claim = volume.Spec.ClaimRef is { } held ? _claims.Snapshot.Get(held.Namespace, held.Name) : null;
        return VolumePlanner.Plan(new VolumeView
        {
            Volume = volume, Claim = claim?.Metadata.Uid == volume.Spec.ClaimRef?.Uid ? claim : null, Now = _context.Clock.GetUtcNow(),
        });
    }

    private void AddPending(IKeySink keys)
    {
        foreach (var claim in _claims.Snapshot.All.Where(c => c.Spec.VolumeName.Length == 0))
        {
            keys.Add(ObjectKey.Of(claim));
        }
    }
}
