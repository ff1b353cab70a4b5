using Gantry.Api.Models;
using Gantry.Client.Selectors;

namespace Gantry.Controllers.ReplicaSets;

/// <summary>What decides about the pods of a ReplicaSet or a ReplicationController, which differ only in their types.</summary>
public sealed record ReplicaView
{
    /// <summary>The owner as events and pods refer to it.</summary>
    public required V1ObjectReference Subject { get; init; }

    public required V1OwnerReference Reference { get; init; }

    public required V1ObjectMeta Owner { get; init; }

    public required int Wanted { get; init; }

    public required LabelSelector Selector { get; init; }

    public required V1PodTemplateSpec Template { get; init; }

    public int MinReadySeconds { get; init; }

    /// <summary>The pods the owner controls and those of its namespace that nobody controls.</summary>
    public required IReadOnlyList<V1Pod> Pods { get; init; }

    /// <summary>The names of nodes, each as often as active pods of the same workload run there (those of sibling ReplicaSets included).</summary>
    public IReadOnlyDictionary<string, int> PerNode { get; init; } = new Dictionary<string, int>();

    public required DateTimeOffset Now { get; init; }

    /// <summary>Pods made or deleted in one go at most; the rest waits for the next look.</summary>
    public int Burst { get; init; } = 500;
}

/// <summary>What is to be done about the pods.</summary>
/// <param name="Intents">Adoptions and releases, then creates or deletes.</param>
/// <param name="Change">How many pods are made (positive) or deleted (negative).</param>
/// <param name="Active">The active pods of the owner before that.</param>
public sealed record ReplicaPlan(IReadOnlyList<Intents.Intent> Intents, int Change, IReadOnlyList<V1Pod> Active);

/// <summary>The counts in the status of either kind.</summary>
public sealed record ReplicaCounts(int Replicas, int FullyLabeled, int Ready, int Available)
{
    /// <summary>The time until a ready pod counts as available; null when none is on its way.</summary>
    public TimeSpan? NextAvailable { get; init; }
}
