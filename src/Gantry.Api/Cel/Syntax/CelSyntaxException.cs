namespace Gantry.Api.Cel.Syntax;

/// <summary>Leaves lexer and parser at the first fault; it never leaves <see cref="CelProgram.Compile"/>.</summary>
internal sealed class CelSyntaxException(string message, int position) : Exception(message)
{
    public int Position { get; } = position;
}
