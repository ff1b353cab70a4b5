using System.CommandLine;
using Gantry.Server.Encryption;

namespace Gantry.Cli.Commands;

/// <summary>The options that say how values are encrypted before they are stored, called as kube-apiserver (and k3s) call them.</summary>
public sealed class EncryptionSyntax
{
    public Option<string?> ConfigFile { get; } = new("--encryption-provider-config")
    {
        Description = "A file with an EncryptionConfiguration: which resources are encrypted in the store, and with which keys.",
        HelpName = "FILE",
    };

    public Option<bool> Reload { get; } = new("--encryption-provider-config-automatic-reload")
    {
        Description = "Take in changes of that file while the server runs.",
    };

    public Option<bool> Secrets { get; } = new("--secrets-encryption")
    {
        Description = "Encrypt secrets in the store with a key that is made and kept in the data directory.",
    };

    public IEnumerable<Option> All => [ConfigFile, Reload, Secrets];

    public EncryptionOptions Read(ParseResult parsed) => new()
    {
        ConfigFile = parsed.GetValue(ConfigFile) ?? "",
        AutomaticReload = parsed.GetValue(Reload),
        Secrets = parsed.GetValue(Secrets),
    };

    /// <summary>The words that give another process the same options.</summary>
    public static IEnumerable<string> Words(EncryptionOptions options) =>
    [
        .. options.ConfigFile.Length > 0 ? ["--encryption-provider-config", Path.GetFullPath(options.ConfigFile)] : Array.Empty<string>(),
        .. options.AutomaticReload ? ["--encryption-provider-config-automatic-reload"] : Array.Empty<string>(),
        .. options.Secrets ? ["--secrets-encryption"] : Array.Empty<string>(),
    ];
}
