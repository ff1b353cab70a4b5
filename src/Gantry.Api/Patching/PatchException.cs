namespace Gantry.Api.Patching;

/// <summary>Leads out of a patch's recursion; never leaves the namespace.</summary>
internal sealed class PatchException(string message, PatchFault fault) : Exception(message)
{
    public PatchFault Fault { get; } = fault;
}
