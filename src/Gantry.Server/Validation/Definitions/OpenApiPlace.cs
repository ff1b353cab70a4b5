namespace Gantry.Server.Validation.Definitions;

/// <summary>Where in a schema the rules are.</summary>
/// <param name="NoDefaults">Why there may be no default here; null where there may.</param>
/// <param name="InMetadata">Whether this describes the apiVersion, kind or metadata of a whole object.</param>
internal readonly record struct OpenApiPlace(string? NoDefaults = null, bool InMetadata = false);
