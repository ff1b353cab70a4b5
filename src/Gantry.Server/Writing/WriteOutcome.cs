using Gantry.Server.Registry;
using Gantry.Server.Statuses;

namespace Gantry.Server.Writing;

/// <summary>What became of a write.</summary>
public abstract record WriteOutcome
{
    private WriteOutcome()
    {
    }

    public static implicit operator WriteOutcome(ApiStatus refusal) => new Refused(refusal);

    /// <summary>The object is as <paramref name="Json"/> shows it, in the stored version.</summary>
    /// <param name="Json">With resourceVersion; without one after a dry run of a create.</param>
    /// <param name="Created">Whether it is new.</param>
    /// <param name="Object">The stored object; null after a dry run.</param>
    public sealed record Written(ReadOnlyMemory<byte> Json, bool Created, StoredObject? Object) : WriteOutcome;

    /// <summary>The object is gone.</summary>
    /// <param name="Last">What was deleted.</param>
    /// <param name="Json">Its last state in the stored version.</param>
    public sealed record Removed(StoredObject Last, ReadOnlyMemory<byte> Json) : WriteOutcome;

    public sealed record Refused(ApiStatus Status) : WriteOutcome;
}
