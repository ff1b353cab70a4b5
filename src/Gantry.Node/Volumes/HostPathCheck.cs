namespace Gantry.Node.Volumes;

/// <summary>What hostPath volumes ask of the path they name.</summary>
public static class HostPathCheck
{
    /// <exception cref="VolumeException">The path is not what the type says.</exception>
    public static void Ensure(string path, string type)
    {
        switch (type)
        {
            case "":
                return;
            case "DirectoryOrCreate":
                if (!File.Exists(path))
                {
                    Directory.CreateDirectory(path);
                }

                Require(Directory.Exists(path), path, "a directory");
                return;
            case "FileOrCreate":
                if (!Path.Exists(path))
                {
                    // The folder must be there: making it would hide a typing error.
                    using var made = File.Create(path);
                }

                Require(File.Exists(path), path, "a file");
                return;
            case "Directory":
                Require(Directory.Exists(path), path, "a directory");
                return;
            case "File":
                Require(File.Exists(path) && Kind(path) == 'f', path, "a file");
                return;
            case "Socket":
                Require(Kind(path) == 's', path, "a socket");
                return;
            case "CharDevice":
                Require(Kind(path) == 'c', path, "a character device");
                return;
            case "BlockDevice":
                Require(Kind(path) == 'b', path, "a block device");
                return;
            default:
                throw new VolumeException($"hostPath type {type} is not known");
        }
    }

    private static void Require(bool right, string path, string kind)
    {
        if (!right)
        {
            throw new VolumeException($"hostPath type check failed: {path} is not {kind}");
        }
    }

    private static char Kind(string path) => Path.Exists(path) ? LinuxFiles.Kind(path) : '-';
}
