using System.CommandLine;
using Gantry.Server.Admission;

namespace Gantry.Cli.Commands;

/// <summary>The options that say which admission plugins run, called as kube-apiserver calls them.</summary>
public sealed class AdmissionSyntax
{
    public Option<string?> Enable { get; } = new("--enable-admission-plugins")
    {
        Description = "Admission plugins to run besides the usual, separated by commas.", HelpName = "NAMES",
    };

    public Option<string?> Disable { get; } = new("--disable-admission-plugins")
    {
        Description = "Admission plugins not to run, separated by commas.", HelpName = "NAMES",
    };

    public Option<string?> ConfigFile { get; } = new("--admission-control-config-file")
    {
        Description = "A file with an AdmissionConfiguration: what Pod Security, quotas and PodNodeSelector go by.", HelpName = "FILE",
    };

    public IEnumerable<Option> All => [Enable, Disable, ConfigFile];

    public AdmissionOptions Read(ParseResult parsed) => new()
    {
        Enabled = Names(parsed.GetValue(Enable)), Disabled = Names(parsed.GetValue(Disable)), ConfigFile = parsed.GetValue(ConfigFile) ?? "",
    };

    /// <summary>The words that give another process the same options.</summary>
    public static IEnumerable<string> Words(AdmissionOptions options) =>
    [
        .. options.Enabled.Count > 0 ? ["--enable-admission-plugins", string.Join(',', options.Enabled)] : Array.Empty<string>(),
        .. options.Disabled.Count > 0 ? ["--disable-admission-plugins", string.Join(',', options.Disabled)] : Array.Empty<string>(),
        .. options.ConfigFile.Length > 0 ? ["--admission-control-config-file", Path.GetFullPath(options.ConfigFile)] : Array.Empty<string>(),
    ];

    private static string[] Names(string? text) => text?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
