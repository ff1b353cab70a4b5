using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.Decisions;

/// <summary>Tells which evictions disruption budgets would forbid.</summary>
internal static class Budgets
{
    /// <summary>Splits pods, keeping their order: evicting them one after the other, those for which a budget has run out violate it.</summary>
    public static (List<PodFact> Violating, List<PodFact> Others) Split(IEnumerable<PodFact> pods, IReadOnlyList<BudgetFact> budgets)
    {
        var left = budgets.Select(b => b.Allowed).ToArray();
        List<PodFact> violating = [];
        List<PodFact> others = [];
        foreach (var pod in pods)
        {
            var violates = false;
            for (var i = 0; i < budgets.Count; i++)
            {
                var budget = budgets[i];
                if (string.Equals(budget.Namespace, pod.Namespace, StringComparison.Ordinal)
                    && pod.Labels.Count > 0
                    && budget.Selector.Matches(pod.Labels)
                    && !budget.Disrupted.Contains(pod.Name))
                {
                    violates |= --left[i] < 0;
                }
            }

            (violates ? violating : others).Add(pod);
        }

        return (violating, others);
    }
}
