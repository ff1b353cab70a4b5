using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Gantry.Cli.Commands;

/// <summary><c>gantry version</c>.</summary>
public static class VersionCommand
{
    /// <summary>The version of this build, such as <c>0.1.0</c>.</summary>
    public static string Version { get; } =
        (typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+')[0];

    public static Command Build()
    {
        var command = new Command("version", "Says which Gantry this is and which Kubernetes API it speaks.");
        command.SetAction(_ =>
        {
            Console.WriteLine($"gantry {Version} (Kubernetes API 1.32, {RuntimeInformation.FrameworkDescription}, linux/{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()})");
            return 0;
        });
        return command;
    }
}
