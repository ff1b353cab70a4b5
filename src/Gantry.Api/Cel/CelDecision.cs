namespace Gantry.Api.Cel;

/// <summary>What an authorizer says.</summary>
/// <param name="Allowed">Whether it allows it; no opinion is none.</param>
/// <param name="Reason">Why; may be empty.</param>
/// <param name="Error">What went wrong with asking, or null.</param>
public sealed record CelDecision(bool Allowed, string Reason, string? Error = null);
