namespace Gantry.Api.Cel.Syntax;

/// <param name="Kind">What it is.</param>
/// <param name="Position">Where it begins in the text.</param>
/// <param name="Text">Its spelling; for a name or an operator what the parser looks at.</param>
/// <param name="Value">The value of a string or bytes literal.</param>
internal readonly record struct CelToken(CelTokenKind Kind, int Position, string Text, CelValue Value = default);
