using System.Security.Cryptography;
using Gantry.Server.Certificates;

namespace Gantry.Server.Encryption;

/// <summary>The file that holds the keys.</summary>
internal static class EncryptionConfigFile
{
    private const long LargestFile = 1 << 20;

    /// <summary>Where the server keeps the configuration that it made itself.</summary>
    public static string Generated(string dataDirectory) => Path.Combine(dataDirectory, "encryption-config.yaml");

    /// <summary>Makes a configuration with a new key that encrypts secrets; one that is there stays.</summary>
    public static void Make(string path)
    {
        if (File.Exists(path))
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        PkiFiles.Write(path,
            $"""
            # Keys of what the store keeps encrypted. Without this file secrets cannot be read again: keep a copy apart from copies of the store.
            kind: EncryptionConfiguration
            apiVersion: apiserver.config.k8s.io/v1
            resources:
              - resources: [secrets]
                providers:
                  - aesgcm:
                      keys:
                        - name: key1
                          secret: {key}
                  - identity: {"{}"}

            """);
    }

    /// <summary>Reads the file, which only its owner and his group may.</summary>
    /// <exception cref="EncryptionException">It is missing, empty, too large, or open to everybody.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            const UnixFileMode open = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;
            if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(path) is var mode && (mode & open) != 0)
            {
                throw new EncryptionException($"{path}: its mode {Convert.ToString((int)mode, 8)} lets others at the keys; run 'chmod 600 {path}'");
            }

            if (new FileInfo(path).Length is var length && length is 0 or > LargestFile)
            {
                throw new EncryptionException(length == 0 ? $"encryption provider configuration file \"{path}\" is empty" : $"{path}: larger than {LargestFile} bytes");
            }

            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EncryptionException($"error opening encryption provider configuration file \"{path}\": {e.Message}", e);
        }
    }

    /// <summary>Reads the file and what it says.</summary>
    /// <exception cref="EncryptionException">Names the file and what is wrong.</exception>
    public static EncryptionRules Rules(string path, byte[] text, EncryptionParts parts)
    {
        try
        {
            return EncryptionConfigReader.Read(text, parts);
        }
        catch (EncryptionException e)
        {
            throw new EncryptionException($"error while parsing file {path}: {e.Message}", e);
        }
    }
}
