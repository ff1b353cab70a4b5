using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.Decisions;

/// <summary>What a waiting claim needs before its pod can be bound: this volume, or (empty) a new one on the chosen node.</summary>
public sealed record ClaimPlan(ClaimFact Claim, string Volume);
