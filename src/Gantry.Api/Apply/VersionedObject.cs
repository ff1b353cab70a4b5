using Gantry.Api.Trees;

namespace Gantry.Api.Apply;

/// <summary>An object in one version of its kind.</summary>
/// <param name="Shape">How objects of that version merge.</param>
/// <param name="Value">The object in its canonical form.</param>
/// <param name="Filter">What the write cannot change in that version.</param>
public sealed record VersionedObject(ApplyShape Shape, TreeMap Value, FieldFilter? Filter);
