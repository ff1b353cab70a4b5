namespace Gantry.Server.Authentication.Oidc;

/// <summary>An expression that must be true, and what is said where it is not.</summary>
public sealed record ClaimRule(string Expression, string Message);
