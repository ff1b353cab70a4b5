namespace Gantry.Store.Sqlite;

/// <summary>Opens files that only their owner may read: a store holds secrets.</summary>
internal static class PrivateFile
{
    public static FileStream Open(string file, FileMode mode, FileShare share, long preallocate = 0)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, PreallocationSize = preallocate };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        return new FileStream(file, options);
    }
}
