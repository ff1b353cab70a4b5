namespace Gantry.Node.Probes;

/// <summary>What a container's probes need besides the container.</summary>
/// <param name="Runner">Asks.</param>
/// <param name="Changed">Called when the verdict changes; must be quick.</param>
/// <param name="Unhealthy">Called for each failed try, with the words for the event.</param>
/// <param name="Clock">The time.</param>
public sealed record ProbeParts(IProbeRunner Runner, Action Changed, Action<string> Unhealthy, TimeProvider Clock);
