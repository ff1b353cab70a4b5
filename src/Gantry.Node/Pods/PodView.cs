using Gantry.Api.Models;
using Gantry.Node.Probes;

namespace Gantry.Node.Pods;

/// <summary>All that a pod's next steps and its status follow from.</summary>
public sealed record PodView
{
    public required V1Pod Pod { get; init; }

    public required PodRuntime Runtime { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>By container id; a running container without an entry has no probes that spoke yet.</summary>
    public IReadOnlyDictionary<string, ProbeVerdict> Probes { get; init; } = new Dictionary<string, ProbeVerdict>(StringComparer.Ordinal);

    /// <summary>By container name.</summary>
    public IReadOnlyDictionary<string, ContainerTrouble> Troubles { get; init; } = new Dictionary<string, ContainerTrouble>(StringComparer.Ordinal);

    public RestartBackoff Backoff { get; init; } = new();

    public bool VolumesReady { get; init; }

    public ProbeVerdict Verdict(ContainerFact container, V1Container spec) =>
        Probes.GetValueOrDefault(container.Id) ?? new ProbeVerdict { Started = spec.StartupProbe is null, Ready = spec.StartupProbe is null && spec.ReadinessProbe is null };
}
