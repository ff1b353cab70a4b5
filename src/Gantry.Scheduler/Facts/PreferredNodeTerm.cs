namespace Gantry.Scheduler.Facts;

/// <summary>A node term with what a match is worth, 1 to 100.</summary>
public readonly record struct PreferredNodeTerm(int Weight, NodeTerm Term);
