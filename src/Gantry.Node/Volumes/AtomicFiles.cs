using System.Globalization;

namespace Gantry.Node.Volumes;

/// <summary>
/// A folder whose files change all at once: they lie in a folder named by time, "..data" leads to the current one, and the visible
/// names lead through "..data". A reader that opened "..data" once sees one version.
/// </summary>
public static class AtomicFiles
{
    private const string Current = "..data";
    private const string Coming = "..data_tmp";

    /// <summary>Brings the folder to hold exactly these files; returns whether anything changed.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="files">The files; paths must stay inside.</param>
    /// <param name="group">The group that owns them; null: root's.</param>
    /// <param name="now">Names the version.</param>
    /// <exception cref="IOException">The disk is full and the like; the folder then shows the version before.</exception>
    public static bool Write(string folder, IReadOnlyCollection<VolumeFile> files, long? group, DateTimeOffset now)
    {
        foreach (var file in files)
        {
            Check(file.Path);
        }

        var before = Read(Path.Combine(folder, Current));
        if (before is not null && Same(before, files))
        {
            return false;
        }

        var old = before is null ? null : new FileInfo(Path.Combine(folder, Current)).LinkTarget;
        var version = NewVersion(folder, now);
        WriteAll(Path.Combine(folder, version), files, group);
        File.Delete(Path.Combine(folder, Coming));
        File.CreateSymbolicLink(Path.Combine(folder, Coming), version);
        LinuxFiles.Rename(Path.Combine(folder, Coming), Path.Combine(folder, Current));
        Show(folder, files);
        if (old is not null && old != version)
        {
            Directory.Delete(Path.Combine(folder, old), recursive: true);
        }

        return true;
    }

    private static void Check(string path)
    {
        if (path.Length == 0 || path.StartsWith('/') || path.Split('/') is var parts && (parts.Contains("..", StringComparer.Ordinal) || parts[0].StartsWith("..", StringComparison.Ordinal)))
        {
            throw new IOException($"invalid path: {path}");
        }
    }

    private static string NewVersion(string folder, DateTimeOffset now)
    {
        var name = now.UtcDateTime.ToString("'..'yyyy'_'MM'_'dd'_'HH'_'mm'_'ss'.'fffffff", CultureInfo.InvariantCulture);
        for (var i = 0; ; i++)
        {
            var candidate = i == 0 ? name : FormattableString.Invariant($"{name}-{i}");
            var path = Path.Combine(folder, candidate);
            if (!Directory.Exists(path))
            {
                Directory.CreateDirectory(path);
                File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("755", 8));
                return candidate;
            }
        }
    }

    private static void WriteAll(string root, IReadOnlyCollection<VolumeFile> files, long? group)
    {
        if (group is { } rootGroup)
        {
            Give(root, rootGroup);
        }

        foreach (var file in files)
        {
            var path = Path.Combine(root, file.Path);
            MakeFolders(root, file.Path, group);
            using (var stream = new FileStream(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            {
                stream.Write(file.Content.Span);
            }

            LinuxFiles.Own(path, file.User ?? -1, group ?? -1);
            // The group reads what the owner's group may read at least.
            File.SetUnixFileMode(path, (UnixFileMode)(group is null ? file.Mode : file.Mode | 0b100_100_000));
        }
    }

    private static void MakeFolders(string root, string file, long? group)
    {
        var folder = root;
        foreach (var part in file.Split('/')[..^1])
        {
            folder = Path.Combine(folder, part);
            if (!Directory.Exists(folder))
            {
                Directory.CreateDirectory(folder);
                if (group is { } owner)
                {
                    Give(folder, owner);
                }
            }
        }
    }

    private static void Give(string folder, long group)
    {
        LinuxFiles.Own(folder, -1, group);
        File.SetUnixFileMode(folder, (UnixFileMode)Convert.ToInt32("2755", 8));
    }

    private static void Show(string folder, IReadOnlyCollection<VolumeFile> files)
    {
        var visible = files.Select(f => f.Path.Split('/')[0]).ToHashSet(StringComparer.Ordinal);
        foreach (var name in visible)
        {
            var link = new FileInfo(Path.Combine(folder, name));
            if (link.LinkTarget is null)
            {
                File.CreateSymbolicLink(link.FullName, Path.Combine(Current, name));
            }
        }

        foreach (var entry in Directory.EnumerateFileSystemEntries(folder))
        {
            var name = Path.GetFileName(entry);
            if (!name.StartsWith("..", StringComparison.Ordinal) && !visible.Contains(name))
            {
                File.Delete(entry);
            }
        }
    }

    private static Dictionary<string, (byte[] Content, int Mode)>? Read(string current)
    {
        if (!Directory.Exists(current))
        {
            return null;
        }

        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(current)!, new FileInfo(current).LinkTarget ?? Current));
        return Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .ToDictionary(f => Path.GetRelativePath(root, f), f => (File.ReadAllBytes(f), (int)File.GetUnixFileMode(f)), StringComparer.Ordinal);
    }

    private static bool Same(Dictionary<string, (byte[] Content, int Mode)> before, IReadOnlyCollection<VolumeFile> files) =>
        before.Count == files.Count
        && files.All(f => before.TryGetValue(f.Path, out var old) && (old.Mode & f.Mode) == f.Mode && f.Content.Span.SequenceEqual(old.Content));
}
