namespace Gantry.Api.Cel;

/// <summary>What came of compiling: a program or an error, never both.</summary>
public sealed record CelCompilation(CelProgram? Program, CelError? Error);
