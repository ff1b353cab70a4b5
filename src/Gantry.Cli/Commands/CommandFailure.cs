namespace Gantry.Cli.Commands;

/// <summary>
/// A command cannot do what was asked. The message is one line for a person: what failed, why, and what to do about it. It goes to standard
/// error, and the process ends with <see cref="ExitCode"/>.
/// </summary>
public sealed class CommandFailure : Exception
{
    public CommandFailure(string message, int exitCode = 1)
        : base(message)
    {
        ExitCode = exitCode;
    }

    public CommandFailure(string message, Exception cause)
        : base(message, cause)
    {
        ExitCode = 1;
    }

    /// <summary>1: it failed. 2: it was asked for wrongly.</summary>
    public int ExitCode { get; }
}
