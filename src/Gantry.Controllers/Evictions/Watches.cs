using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;
using Gantry.Controllers.NodeLifecycle;

namespace Gantry.Controllers.Evictions;

/// <summary>Looks after the pods on tainted nodes.</summary>
public sealed class EvictionController : IController
{
    private readonly ControllerContext _context;
    private readonly PlanRunner _runner;
    private readonly Cache<V1Node> _nodes;
    private readonly Cache<V1Pod> _pods;

    public EvictionController(ControllerContext context)
    {
        _context = context;
        _runner = new PlanRunner(context);
        _nodes = context.Caches.Of<V1Node>();
        _pods = NodeLifecycleController.ByNode(context.Caches.Of<V1Pod>());
    }

    public string Name => "taint-eviction";

    public int Workers => 4;

    public IEnumerable<ICache> Caches => [_nodes, _pods];

    public void Watch(IKeySink keys)
    {
        _nodes.Subscribe(change =>
        {
            if (change.New is { } node && Taints(node).Any() && !Taints(node).SequenceEqual(change.Old is null ? [] : Taints(change.Old)))
            {
                foreach (var pod in _pods.Snapshot.By(NodeLifecycleController.PodIndex, node.Metadata.Name))
                {
                    keys.Add(ObjectKey.Of(pod));
                }
            }
        });
        _pods.Subscribe(change =>
        {
            if (change.New is { Spec.NodeName.Length: > 0 } pod
                && (change.Old is null || change.Old.Spec.NodeName != pod.Spec.NodeName || change.Old.Spec.Tolerations.Count != pod.Spec.Tolerations.Count))
            {
                keys.Add(ObjectKey.Of(pod));
            }
        });
    }

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_pods.Snapshot.Get(key) is not { } pod)
        {
            return Again.No;
        }

        var plan = EvictionPlanner.Plan(new EvictionView(pod, _nodes.Snapshot.Get("", pod.Spec.NodeName), _context.Clock.GetUtcNow()));
        var error = await _runner.PerformAsync(key, plan.Intents, ct).ConfigureAwait(false);
        return error is not null ? Again.Failed(error.Message) : plan.Look is { } wait ? Again.After(wait) : Again.No;
    }

    private static IEnumerable<V1Taint> Taints(V1Node node) => node.Spec.Taints.Where(t => t.Effect == "NoExecute");
}
