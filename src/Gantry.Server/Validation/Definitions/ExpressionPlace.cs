namespace Gantry.Server.Validation.Definitions;

/// <summary>Where in a schema its rules are.</summary>
/// <param name="Times">How often a value of the schema can stand in an object; null where no limit is stated.</param>
/// <param name="Uncorrelated">The schema around this one whose values have no old ones; null where there is none.</param>
/// <param name="IsResource">Whether it describes a whole object.</param>
internal sealed record ExpressionPlace(ulong? Times, FieldPath? Uncorrelated, bool IsResource);
