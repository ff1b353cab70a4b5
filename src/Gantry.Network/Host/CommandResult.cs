namespace Gantry.Network.Host;

/// <summary>What a finished program said. Exit code 0 is success.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;
}
