namespace Gantry.Scheduler.Facts;

/// <summary>A disruption budget, as far as preemption respects it.</summary>
/// <param name="Allowed">How many matching pods may be disrupted now.</param>
/// <param name="Disrupted">Pods whose disruption is already counted.</param>
public sealed record BudgetFact(string Namespace, string Name, Selector Selector, int Allowed, IReadOnlySet<string> Disrupted);
