namespace Gantry.Node.Probes;

/// <summary>How one try of a probe or hook went.</summary>
/// <param name="Success">Whether the container answered as it should.</param>
/// <param name="Output">What was seen, for the pod's user.</param>
public readonly record struct ProbeOutcome(bool Success, string Output);
