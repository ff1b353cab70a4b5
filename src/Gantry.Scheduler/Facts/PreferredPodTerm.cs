namespace Gantry.Scheduler.Facts;

/// <summary>A preferred term with what a match is worth, 1 to 100.</summary>
public readonly record struct PreferredPodTerm(int Weight, PodTerm Term);
