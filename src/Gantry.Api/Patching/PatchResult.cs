using Gantry.Api.Trees;

namespace Gantry.Api.Patching;

/// <summary>What came of a patch.</summary>
public abstract record PatchResult
{
    private PatchResult()
    {
    }

    /// <param name="Value">The patched value; it may share parts with the original and with the patch.</param>
    public sealed record Patched(Tree Value) : PatchResult;

    /// <param name="Message">Why, in the words of the Go server.</param>
    /// <param name="Fault">Whose mistake it is taken for.</param>
    public sealed record Refused(string Message, PatchFault Fault) : PatchResult;
}
