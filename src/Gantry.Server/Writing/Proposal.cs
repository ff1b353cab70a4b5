using Gantry.Api.Trees;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;

namespace Gantry.Server.Writing;

/// <summary>What an update wants the object to become.</summary>
/// <param name="Value">A tree of the stored version that the writer may change; null when refused.</param>
/// <param name="Refusal">Why not.</param>
/// <param name="Managed">Whether the value carries its final managedFields already, as server-side apply makes them.</param>
public readonly record struct Proposal(TreeMap? Value, ApiStatus? Refusal, bool Managed = false)
{
    public static implicit operator Proposal(ApiStatus refusal) => new(null, refusal);

    public static implicit operator Proposal(TreeMap value) => new(value, null);
}

/// <summary>Makes the proposal for the object as it is stored now; called again after a lost race.</summary>
/// <param name="old">The stored object with its resourceVersion, the callee's own; null when there is none and the update may create it.</param>
/// <param name="stored">The same as bytes.</param>
public delegate Proposal Proposer(TreeMap? old, StoredObject? stored);
