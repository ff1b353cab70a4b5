namespace Gantry.Api.Cel;

/// <summary>What came of an evaluation.</summary>
/// <param name="Value">The value; null when there is an error.</param>
/// <param name="Error">Why there is no value, or null.</param>
/// <param name="Cost">What was spent of the budget.</param>
public sealed record CelOutcome(CelValue Value, CelError? Error, long Cost);
