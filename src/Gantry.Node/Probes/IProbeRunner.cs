using Gantry.Api.Models;

namespace Gantry.Node.Probes;

/// <summary>Asks a container once.</summary>
public interface IProbeRunner
{
    /// <summary>One try; what goes wrong is an unsuccessful outcome, not an exception.</summary>
    Task<ProbeOutcome> ProbeAsync(V1Probe probe, ProbeTarget target, CancellationToken ct);
}
