using Gantry.Api.Trees;

namespace Gantry.Api.Apply;

/// <summary>What came of a server-side apply.</summary>
public abstract record ApplyResult
{
    private ApplyResult()
    {
    }

    /// <param name="Value">
    /// The merged object with its managed fields. What the configuration stated stands in it as it was stated, so it is still to be decoded, defaulted and
    /// put into canonical form.
    /// </param>
    /// <param name="Changed">False when neither the object nor its managed fields changed; the value is then the live object.</param>
    public sealed record Applied(TreeMap Value, bool Changed) : ApplyResult;

    /// <summary>Others own what would change (409, one FieldManagerConflict cause for each).</summary>
    public sealed record Conflicted(string Message, IReadOnlyList<FieldConflict> Conflicts) : ApplyResult;

    /// <summary>The configuration cannot be applied (400).</summary>
    public sealed record Refused(string Message) : ApplyResult;

    /// <summary>The configuration does not fit the type, or the live object's managed fields cannot be read (500, as other servers answer).</summary>
    public sealed record Failed(string Message) : ApplyResult;
}
