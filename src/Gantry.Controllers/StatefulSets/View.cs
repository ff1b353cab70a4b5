using Gantry.Api.Models;
using Gantry.Controllers.History;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.StatefulSets;

/// <summary>What decides about a StatefulSet.</summary>
public sealed record StatefulView
{
    public required V1StatefulSet Set { get; init; }

    /// <summary>The pods it controls and those of its namespace that nobody controls.</summary>
    public required IReadOnlyList<V1Pod> Pods { get; init; }

    /// <summary>The claims of its namespace.</summary>
    public IReadOnlyList<V1PersistentVolumeClaim> Claims { get; init; } = [];

    /// <summary>The revisions it controls and those of its namespace that nobody controls.</summary>
    public required IReadOnlyList<V1ControllerRevision> Revisions { get; init; }

    public required DateTimeOffset Now { get; init; }
}

/// <summary>What is to be done about a StatefulSet.</summary>
/// <param name="Intents">Adoptions, revisions, claims, pods, in order.</param>
/// <param name="Status">The status after that.</param>
/// <param name="History">The revisions, the present one among them.</param>
/// <param name="Look">When to look again although nothing changes; null for not at all.</param>
public sealed record StatefulPlan(IReadOnlyList<Intent> Intents, V1StatefulSetStatus Status, TemplateHistory? History, TimeSpan? Look);
