using Gantry.Api.Models;
using Gantry.Controllers.History;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.DaemonSets;

/// <summary>What decides about a DaemonSet.</summary>
public sealed record DaemonView
{
    public required V1DaemonSet Set { get; init; }

    public required IReadOnlyList<V1Node> Nodes { get; init; }

    /// <summary>The pods it controls and those of its namespace that nobody controls.</summary>
    public required IReadOnlyList<V1Pod> Pods { get; init; }

    /// <summary>The revisions it controls and those of its namespace that nobody controls.</summary>
    public required IReadOnlyList<V1ControllerRevision> Revisions { get; init; }

    /// <summary>By node, when a failed pod may be removed there at the earliest; so that a broken daemon does not fail in a tight loop.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Patience { get; init; } = new Dictionary<string, DateTimeOffset>();

    public required DateTimeOffset Now { get; init; }

    /// <summary>Pods made or deleted in one go at most.</summary>
    public int Burst { get; init; } = 250;
}

/// <summary>What is to be done about a DaemonSet.</summary>
/// <param name="Intents">Adoptions, revisions, pods, in order.</param>
/// <param name="Status">The status that describes the view.</param>
/// <param name="History">The revisions, the present one among them.</param>
/// <param name="Failed">The nodes on which a failed pod is removed by this plan.</param>
/// <param name="Look">When to look again although nothing changes; null for not at all.</param>
public sealed record DaemonPlan(IReadOnlyList<Intent> Intents, V1DaemonSetStatus Status, TemplateHistory? History, IReadOnlyList<string> Failed, TimeSpan? Look);
