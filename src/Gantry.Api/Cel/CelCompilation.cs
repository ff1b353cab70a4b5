namespace Gantry.Api.Cel;

/// <summary>What came of compiling: a program, or what is wrong, never both.</summary>
/// <param name="Program">The program, or null.</param>
/// <param name="Errors">What is wrong with the text. None where the text is right but the program cannot be made: its value has another type than it should, or
/// a constant in it cannot be computed.</param>
/// <param name="Issues">What is wrong as clients see it: the errors one below the other, or the one reason; empty where there is a program.</param>
public sealed record CelCompilation(CelProgram? Program, IReadOnlyList<CelError> Errors, string Issues);
