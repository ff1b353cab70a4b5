namespace Gantry.Api.Cel;

/// <summary>A field of a struct type.</summary>
/// <param name="Property">The name in the object; the type's map has it under the escaped name that expressions use.</param>
/// <param name="Type">The type of its value.</param>
public sealed record CelField(string Property, CelType Type);
