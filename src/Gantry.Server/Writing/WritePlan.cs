using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Server.Registry;
using Gantry.Store;

namespace Gantry.Server.Writing;

/// <summary>A write that passed every check.</summary>
/// <param name="Transaction">What the store is to do.</param>
/// <param name="Bytes">The object as it is stored, or was last when the write removes it.</param>
/// <param name="Removes">Whether the update let go of the last thing that kept the object.</param>
internal readonly record struct WritePlan(StoreTransaction Transaction, ReadOnlyMemory<byte> Bytes, bool Removes)
{
    private static readonly TimeSpan EventLifetime = TimeSpan.FromHours(1);

    /// <summary>Puts an object over the expected revision. Events expire; what only says "still here" need not survive a crash.</summary>
    public static StoreTransaction Put(ResourceType type, string key, Revision expected, ReadOnlyMemory<byte> bytes, StoredObject? old, DateTimeOffset now) => new()
    {
        Conditions = [new Condition(key, expected)],
        Writes =
        [
            new Write.Put(key, bytes)
            {
                ExpiresAt = type is { Group: "", Kind: "Event" } ? now + EventLifetime : null,
                Durability = IsHeartbeat(type, bytes, old) ? Durability.Relaxed : Durability.Full,
            },
        ],
    };

    // A lease that changes hands is news; one that is renewed is not.
    private static bool IsHeartbeat(ResourceType type, ReadOnlyMemory<byte> bytes, StoredObject? old) =>
        type is { Group: "coordination.k8s.io", Kind: "Lease" }
        && old?.Typed is V1Lease before && Gantry.Api.ApiJson.Decode<V1Lease>(bytes.Span).Spec is { } now
        && now.HolderIdentity == before.Spec?.HolderIdentity && now.LeaseTransitions == before.Spec?.LeaseTransitions;
}
