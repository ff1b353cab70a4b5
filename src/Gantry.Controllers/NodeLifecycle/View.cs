using Gantry.Api.Models;

namespace Gantry.Controllers.NodeLifecycle;

/// <summary>What decides about the health of a node.</summary>
public sealed record NodeView
{
    public required V1Node Node { get; init; }

    /// <summary>When this process saw the node's last sign of life (a renewed lease or a new heartbeat). The node's own clock is not trusted.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>A node silent for longer is unreachable.</summary>
    public required TimeSpan Grace { get; init; }

    /// <summary>The pods bound to the node.</summary>
    public IReadOnlyList<V1Pod> Pods { get; init; } = [];

    public required DateTimeOffset Now { get; init; }
}

/// <summary>What to do about a node.</summary>
/// <param name="Intents">New status, new taints, pods to be marked not ready.</param>
/// <param name="Look">When it would become unreachable if it stays silent; null when it is so already.</param>
public sealed record NodePlan(IReadOnlyList<Intents.Intent> Intents, TimeSpan? Look);
