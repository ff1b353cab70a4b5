namespace Gantry.Api.Trees;

/// <summary>What came of reading an object.</summary>
/// <param name="Object">The object, or null when it was refused.</param>
/// <param name="Error">Why it was refused, in the words of the Go server's decoder, or null.</param>
/// <param name="Problems">Unknown and duplicate fields, in the order of the input: warnings, or, for Strict, parts of the error. Empty for Ignore.</param>
public sealed record DecodeResult(TreeMap? Object, string? Error, IReadOnlyList<string> Problems);
