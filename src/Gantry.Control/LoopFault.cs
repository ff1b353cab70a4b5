namespace Gantry.Control;

/// <summary>A loop that ended although nobody asked it to.</summary>
/// <param name="Loop">Its name.</param>
/// <param name="Cause">Why, or null when it just returned.</param>
public sealed record LoopFault(string Loop, Exception? Cause)
{
    public override string ToString() => Cause is null ? $"loop {Loop} ended" : $"loop {Loop} failed: {Cause.Message}";
}
