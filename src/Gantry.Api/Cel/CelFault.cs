namespace Gantry.Api.Cel;

/// <summary>An error while it is a value, which a logical operator may absorb.</summary>
internal sealed record CelFault(string Message);
