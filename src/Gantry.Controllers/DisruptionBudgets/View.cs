using Gantry.Api.Models;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.DisruptionBudgets;

/// <summary>What decides how many pods a budget lets go.</summary>
public sealed record BudgetView
{
    public required V1PodDisruptionBudget Budget { get; init; }

    /// <summary>The pods of its namespace that it selects.</summary>
    public required IReadOnlyList<V1Pod> Pods { get; init; }

    /// <summary>The wanted number of pods of each controller of these pods, by its uid; one that is missing here could not be found.</summary>
    public required IReadOnlyDictionary<string, int> Scales { get; init; }

    public required DateTimeOffset Now { get; init; }
}

/// <summary>What is to be done about a budget.</summary>
/// <param name="Status">The status that describes the view.</param>
/// <param name="Events">What to tell users.</param>
/// <param name="Look">When a pod that was to be evicted no longer counts as going; null for none.</param>
public sealed record BudgetPlan(V1PodDisruptionBudgetStatus Status, IReadOnlyList<Intent> Events, TimeSpan? Look);
