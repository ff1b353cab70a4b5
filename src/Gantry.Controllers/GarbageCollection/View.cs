using Gantry.Api.Models;
using Gantry.Client;

namespace Gantry.Controllers.GarbageCollection;

/// <summary>What is known about an owner that an object names.</summary>
public enum OwnerState
{
    /// <summary>It exists and stays.</summary>
    Solid,

    /// <summary>There is no such object in the namespace, or another one with its name.</summary>
    Absent,

    /// <summary>It is being deleted and waits for its dependents.</summary>
    Waiting,

    /// <summary>It cannot be looked up: no such kind is served.</summary>
    Unknown,

    /// <summary>A namespaced kind named by an object without a namespace: it can never be found, and so never be missed.</summary>
    Unreachable,
}

/// <summary>An owner as an object names it.</summary>
/// <param name="Reference">The reference.</param>
/// <param name="State">What became of it.</param>
/// <param name="Elsewhere">Whether an object of that uid exists, but in another namespace.</param>
public sealed record OwnerFact(V1OwnerReference Reference, OwnerState State, bool Elsewhere = false);

/// <summary>An object that names the one in view as its owner.</summary>
/// <param name="Object">What it is.</param>
/// <param name="Blocks">Whether the owner must not go before it.</param>
/// <param name="WaitsForDependents">Whether it is itself being deleted and waits for others.</param>
public sealed record DependentFact(ObjectIdentity Object, bool Blocks, bool WaitsForDependents);

/// <summary>Which object is meant, of whatever kind.</summary>
public sealed record ObjectIdentity(ResourceId Resource, ObjectKey Key, string Uid);

/// <summary>What decides about an object and those that depend on it.</summary>
public sealed record GarbageView
{
    public required ObjectIdentity Object { get; init; }

    /// <summary>The object's metadata as the API has it at this moment.</summary>
    public required V1ObjectMeta Live { get; init; }

    public required IReadOnlyList<OwnerFact> Owners { get; init; }

    public required IReadOnlyList<DependentFact> Dependents { get; init; }

    /// <summary>The metadata of the dependents at this moment, where the object orphans them.</summary>
    public IReadOnlyList<(ObjectIdentity Object, V1ObjectMeta Live)> Orphans { get; init; } = [];
}

/// <summary>What to do about an object.</summary>
/// <param name="Intents">Patches and deletions.</param>
/// <param name="Look">Dependents that are to be looked at now.</param>
/// <param name="Unsure">Whether an owner could not be looked up, so that another look is due some day.</param>
public sealed record GarbagePlan(IReadOnlyList<Intents.Intent> Intents, IReadOnlyList<ObjectIdentity> Look, bool Unsure = false);
