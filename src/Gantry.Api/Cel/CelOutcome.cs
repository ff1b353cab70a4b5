namespace Gantry.Api.Cel;

/// <summary>What came of an evaluation.</summary>
/// <param name="Value">The value; null when there is an error.</param>
/// <param name="Error">Why there is no value, in the reference implementation's words, or null.</param>
/// <param name="Cost">What the evaluation cost, in the reference implementation's units.</param>
public sealed record CelOutcome(CelValue Value, string? Error, long Cost)
{
    /// <summary>The error of an evaluation that was stopped because it cost more than it may.</summary>
    public const string LimitExceeded = "operation cancelled: actual cost limit exceeded";

    /// <summary>Whether it was stopped because it cost more than it may.</summary>
    public bool Exceeded => Error == LimitExceeded;
}
