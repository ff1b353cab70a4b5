using System.Collections.Concurrent;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.NodeLifecycle;

/// <summary>Watches the nodes' signs of life.</summary>
public sealed class NodeLifecycleController : IController
{
    internal const string PodIndex = "node";
    private const string LeaseNamespace = "kube-node-lease";
    private readonly ControllerContext _context;
    private readonly PlanRunner _runner;
    private readonly TimeSpan _grace;
    private readonly Cache<V1Node> _nodes;
    private readonly Cache<V1Lease> _leases;
    private readonly Cache<V1Pod> _pods;
    private readonly ConcurrentDictionary<string, DateTimeOffset> _seen = new(StringComparer.Ordinal);

    /// <param name="context">The parts.</param>
    /// <param name="grace">How long a node may be silent.</param>
    public NodeLifecycleController(ControllerContext context, TimeSpan grace)
    {
        _context = context;
        _runner = new PlanRunner(context);
        _grace = grace;
        _nodes = context.Caches.Of<V1Node>();
        _leases = context.Caches.Of<V1Lease>();
        _pods = ByNode(context.Caches.Of<V1Pod>());
    }

    public string Name => "node-lifecycle";

    public IEnumerable<ICache> Caches => [_nodes, _leases, _pods];

    public void Watch(IKeySink keys)
    {
        _nodes.Subscribe(change =>
        {
            if (change.New is not { } node)
            {
                _seen.TryRemove(change.Object.Metadata.Name, out _);
                return;
            }

            // Any new heartbeat counts, and so does the first sight of the node.
            if (change.Old is null || Heartbeat(change.Old) != Heartbeat(node))
            {
                _seen[node.Metadata.Name] = _context.Clock.GetUtcNow();
            }

            keys.Add(ObjectKey.Of(node));
        });
        _leases.Subscribe(change =>
        {
            if (change.New is { } lease && lease.Metadata.Namespace == LeaseNamespace && change.Old?.Spec.RenewTime != lease.Spec.RenewTime)
            {
                // No key: a renewal only moves the moment of the next look, which the look itself finds out.
                _seen[lease.Metadata.Name] = _context.Clock.GetUtcNow();
            }
        });
    }

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (!_runner.Settled(key))
        {
            return Again.After(TimeSpan.FromMilliseconds(100));
        }

        if (_nodes.Snapshot.Get(key) is not { } node)
        {
            return Again.No;
        }

        var now = _context.Clock.GetUtcNow();
        var plan = NodePlanner.Plan(new NodeView
        {
            Node = node,
            LastSeen = _seen.GetOrAdd(key.Name, now),
            Grace = _grace,
            Pods = _pods.Snapshot.By(PodIndex, key.Name),
            Now = now,
        });
        var error = await _runner.PerformAsync(key, plan.Intents, ct).ConfigureAwait(false);
        return error is not null ? Again.Failed(error.Message) : plan.Look is { } wait ? Again.After(wait) : Again.No;
    }

    internal static Cache<V1Pod> ByNode(Cache<V1Pod> pods) => pods.WithIndex(PodIndex, static p => p.Spec.NodeName.Length > 0 ? [p.Spec.NodeName] : []);

    private static DateTimeOffset? Heartbeat(V1Node node) => node.Status.Conditions.FirstOrDefault(c => c.Type == "Ready")?.LastHeartbeatTime;
}
