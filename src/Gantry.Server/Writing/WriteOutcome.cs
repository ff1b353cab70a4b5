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

    /// <summary>The object is, or after a dry run would be, like this.</summary>
    /// <param name="Object">In the stored version, with its revision.</param>
    /// <param name="Created">Whether it is new.</param>
    /// <param name="Stored">False after a dry run, and when the write let go of the object's last finalizer.</param>
    public sealed record Written(StoredObject Object, bool Created, bool Stored) : WriteOutcome;

    /// <summary>A dry run of a create: an object without revision.</summary>
    /// <param name="Json">In the version of the request.</param>
    public sealed record Imagined(byte[] Json) : WriteOutcome;

    /// <summary>The object is gone.</summary>
    /// <param name="Last">Its last state, marked as deleted where its kind is.</param>
    public sealed record Removed(StoredObject Last) : WriteOutcome;

    public sealed record Refused(ApiStatus Status) : WriteOutcome;
}
