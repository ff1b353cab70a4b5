using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.NodeIpam;

/// <summary>Gives new nodes their pod ranges. One key stands for all nodes, since they share the ranges.</summary>
public sealed class NodeIpamController : IController
{
    private static readonly ObjectKey Everything = new("nodes");
    private readonly PlanRunner _runner;
    private readonly PodRanges _ranges;
    private readonly Cache<V1Node> _nodes;

    public NodeIpamController(ControllerContext context, PodRanges ranges)
    {
        _runner = new PlanRunner(context);
        _ranges = ranges;
        _nodes = context.Caches.Of<V1Node>();
    }

    public string Name => "node-ipam";

    public int Workers => 1;

    public IEnumerable<ICache> Caches => [_nodes];

    public void Watch(IKeySink keys) => _nodes.Subscribe(change =>
    {
        // A node that goes may make room for one that waits.
        if (change.New is null or { Spec.PodCIDRs.Count: 0 })
        {
            keys.Add(Everything);
        }
    });

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (!_runner.Settled(key))
        {
            return Again.After(TimeSpan.FromMilliseconds(20));
        }

        var plan = NodeIpamPlanner.Plan([.. _nodes.Snapshot.All], _ranges);
        await _runner.PerformAsync(key, plan, ct).ConfigureAwait(false);

        // What was refused (a node that is being changed) is still without a range: look again.
        return plan.Count == 0 ? Again.No : Again.After(plan.Any(i => i is Patch<V1Node>) ? TimeSpan.FromSeconds(1) : TimeSpan.FromMinutes(1));
    }
}
