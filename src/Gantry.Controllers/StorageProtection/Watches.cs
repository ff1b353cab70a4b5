using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.StorageProtection;

/// <summary>Takes the protecting finalizers off. Keys without a namespace are volumes, the others claims.</summary>
public sealed class StorageProtectionController : IController
{
    private const string ClaimIndex = "claims";
    private readonly PlanRunner _runner;
    private readonly Cache<V1PersistentVolumeClaim> _claims;
    private readonly Cache<V1PersistentVolume> _volumes;
    private readonly Cache<V1Pod> _pods;

    public StorageProtectionController(ControllerContext context)
    {
        _runner = new PlanRunner(context);
        _claims = context.Caches.Of<V1PersistentVolumeClaim>();
        _volumes = context.Caches.Of<V1PersistentVolume>();
        _pods = context.Caches.Of<V1Pod>().WithIndex(ClaimIndex, static p => ProtectionPlanner.Claims(p).Select(c => p.Metadata.Namespace + "/" + c));
    }

    public string Name => "storage-protection";

    public IEnumerable<ICache> Caches => [_claims, _volumes, _pods];

    public void Watch(IKeySink keys)
    {
        _claims.Subscribe(change =>
        {
            if (change.New is { Metadata.DeletionTimestamp: not null } claim)
            {
                keys.Add(ObjectKey.Of(claim));
            }
        });
        _volumes.Subscribe(change =>
        {
            if (change.New is { Metadata.DeletionTimestamp: not null } volume)
            {
                keys.Add(ObjectKey.Of(volume));
            }
        });
        _pods.Subscribe(change =>
        {
            foreach (var claim in ProtectionPlanner.Claims(change.Object))
            {
                keys.Add(new ObjectKey(change.Object.Metadata.Namespace, claim));
            }
        });
    }

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        var plan = key.Namespace.Length == 0
            ? _volumes.Snapshot.Get(key) is { } volume ? ProtectionPlanner.Plan(volume) : []
            : _claims.Snapshot.Get(key) is { } claim ? ProtectionPlanner.Plan(claim, _pods.Snapshot.By(ClaimIndex, key.ToString())) : [];
        var error = await _runner.PerformAsync(key, plan, ct).ConfigureAwait(false);
        return error is null ? Again.No : Again.Failed(error.Message);
    }
}
