using System.Text;

namespace Gantry.Server.Certificates;

/// <summary>Files that hold keys: owner only, and never half written.</summary>
public static class PkiFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerDirectory = OwnerOnly | UnixFileMode.UserExecute;

    /// <summary>Makes a directory with mode 0700, and narrows the mode of one that is there.</summary>
    public static void MakeDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, OwnerDirectory);
        File.SetUnixFileMode(path, OwnerDirectory);
    }

    /// <summary>Replaces a file as a whole with mode 0600: written beside its place, flushed to the disk, then renamed over it.</summary>
    public static void Write(string path, string text)
    {
        // A name of its own for each writer, so that two processes that start at once never mix their bytes.
        var beside = $"{path}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}.new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using (var file = new FileStream(beside, options))
        {
            file.Write(Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }
}
