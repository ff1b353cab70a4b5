namespace Gantry.Api.Apply;

/// <summary>What a manager owns.</summary>
/// <param name="Fields">The fields.</param>
/// <param name="ApiVersion">The version in which the fields are named.</param>
/// <param name="Time">When the entry last changed, RFC 3339 in UTC; null where the entry does not say.</param>
internal sealed record ManagedEntry(FieldSet Fields, string ApiVersion, string? Time);
