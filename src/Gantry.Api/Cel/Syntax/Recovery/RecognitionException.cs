namespace Gantry.Api.Cel.Syntax.Recovery;

/// <summary>A rule cannot be read on; it never leaves <see cref="RecoveringParser"/>.</summary>
internal sealed class RecognitionException(string message, int token) : Exception(message)
{
    /// <summary>The number of the token at which that was found.</summary>
    public int Token { get; } = token;
}
