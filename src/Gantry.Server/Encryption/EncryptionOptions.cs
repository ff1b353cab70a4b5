namespace Gantry.Server.Encryption;

/// <summary>Whether and how values are encrypted before the store gets them.</summary>
public sealed record EncryptionOptions
{
    /// <summary>A file with an EncryptionConfiguration of <c>apiserver.config.k8s.io/v1</c>; empty for none.</summary>
    public string ConfigFile { get; init; } = "";

    /// <summary>Whether changes of the file are taken in while the server runs.</summary>
    public bool AutomaticReload { get; init; }

    /// <summary>Encrypts secrets with a key that the server makes and keeps in its data directory.</summary>
    public bool Secrets { get; init; }

    public IEnumerable<(string Option, string Fault)> Check()
    {
        if (Secrets && ConfigFile.Length > 0)
        {
            yield return ("secretsEncryption", "has a configuration of its own; do not give encryptionProviderConfig as well");
        }

        if (AutomaticReload && !Secrets && ConfigFile.Length == 0)
        {
            yield return ("encryptionProviderConfigAutomaticReload", "requires encryptionProviderConfig");
        }
    }
}
