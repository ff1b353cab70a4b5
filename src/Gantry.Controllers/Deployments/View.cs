using Gantry.Api.Models;

namespace Gantry.Controllers.Deployments;

/// <summary>What decides about a Deployment.</summary>
public sealed record DeploymentView
{
    public required V1Deployment Deployment { get; init; }

    /// <summary>The ReplicaSets it controls and those of its namespace that nobody controls.</summary>
    public required IReadOnlyList<V1ReplicaSet> Sets { get; init; }

    /// <summary>The uids of ReplicaSets that have pods which have not ended yet, deleted ones included.</summary>
    public IReadOnlySet<string> Populated { get; init; } = new HashSet<string>();

    public required DateTimeOffset Now { get; init; }
}

/// <summary>What is to be done about a Deployment.</summary>
/// <param name="Intents">Changes of ReplicaSets and of the Deployment's revision, in order.</param>
/// <param name="Status">The status that describes the view.</param>
/// <param name="Look">When to look again although nothing changes: the progress deadline. Null for not at all.</param>
public sealed record DeploymentPlan(IReadOnlyList<Intents.Intent> Intents, V1DeploymentStatus Status, TimeSpan? Look);
