using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Gantry.Node.Volumes;

/// <summary>Mounts and owners: the calls of Linux that .NET does not have.</summary>
public static partial class LinuxFiles
{
    private const int DetachLazily = 2;
    private const int DontFollow = 8;
    private const ulong Bind = 4096;
    private const ulong Recursive = 16384;
    private const ulong NoSuid = 2;
    private const ulong NoDev = 4;
    private const int AtCurrentFolder = -100;
    private const uint StatxType = 1;
    private const uint StatxBlocks = 0x400;
    private const int DontFollowLink = 0x100;
    private const int PathOnly = 0x200000;
    private const int CloseOnExec = 0x80000;
    private const int OpenAt2 = 437;
    private const ulong ResolveNoMagicLinks = 2;
    private const ulong ResolveBeneath = 8;

    /// <summary>Mounts an empty file system in memory.</summary>
    /// <param name="path">An existing folder.</param>
    /// <param name="bytes">Its size; null: the kernel's choice (half of the memory).</param>
    /// <exception cref="IOException">The kernel refused.</exception>
    public static void MountMemory(string path, long? bytes) =>
        Check(Mount("tmpfs", path, "tmpfs", NoSuid | NoDev, bytes is { } size ? FormattableString.Invariant($"size={size},mode=0755") : "mode=0755"), "mount", path);

    /// <summary>Shows at <paramref name="target"/> what lies at <paramref name="source"/>, with the mounts below it.</summary>
    public static void MountAlso(string source, string target) => Check(Mount(source, target, null, Bind | Recursive, null), "mount", target);

    /// <summary>Takes a mount away, as soon as nobody uses it any more. What is no mount is no fault.</summary>
    public static void Unmount(string path)
    {
        if (Umount2(path, DetachLazily | DontFollow) != 0 && Marshal.GetLastPInvokeError() is not (2 or 22))
        {
            throw Failure("umount", path);
        }
    }

    /// <summary>Whether something is mounted exactly there.</summary>
    public static bool IsMounted(string path) => MountsBelow(path).Contains(path, StringComparer.Ordinal);

    /// <summary>The mounts at or below a path, the deepest first.</summary>
    public static IReadOnlyList<string> MountsBelow(string path) =>
        [.. File.ReadLines("/proc/self/mountinfo")
            .Select(l => Unescape(l.Split(' ')[4]))
            .Where(m => m == path || m.StartsWith(path + "/", StringComparison.Ordinal))
            .OrderByDescending(m => m.Length)];

    /// <summary>Sets owner and group (-1: as it is) of a file or a link itself.</summary>
    public static void Own(string path, long user, long group) => Check(Lchown(path, (uint)user, (uint)group), "chown", path);

    /// <summary>f file, d folder, s socket, c character device, b block device, p pipe, l link, - otherwise; links are followed.</summary>
    public static char Kind(string path)
    {
        // struct statx: the mode lies at 28.
        Span<byte> answer = stackalloc byte[256];
        if (Statx(AtCurrentFolder, path, 0, StatxType, ref answer[0]) != 0)
        {
            throw Failure("stat", path);
        }

        return (BitConverter.ToUInt16(answer[28..]) & 0xF000) switch
        {
            0x8000 => 'f', 0x4000 => 'd', 0xC000 => 's', 0x2000 => 'c', 0x6000 => 'b', 0x1000 => 'p', 0xA000 => 'l', _ => '-',
        };
    }

    /// <summary>What a file takes of the disk, which for a file with holes is less than its length; 0 for one that is gone.</summary>
    public static long DiskBytes(string path)
    {
        // struct statx: the number of blocks of 512 bytes lies at 48.
        Span<byte> answer = stackalloc byte[256];
        return Statx(AtCurrentFolder, path, DontFollowLink, StatxBlocks, ref answer[0]) == 0 ? BitConverter.ToInt64(answer[48..]) * 512 : 0;
    }

    /// <summary>
    /// Opens something inside a folder without ever leaving it: neither "..", nor an absolute link, nor a link that is changed meanwhile
    /// leads outside. The path of the result (<see cref="PathOf"/>) serves to mount it.
    /// </summary>
    public static SafeFolderHandle OpenInside(string folder, string inside)
    {
        var root = Open(folder, PathOnly | CloseOnExec);
        if (root < 0)
        {
            throw Failure("open", folder);
        }

        try
        {
            var how = new OpenHow { Flags = PathOnly | CloseOnExec, Resolve = ResolveBeneath | ResolveNoMagicLinks };
            var file = Syscall(OpenAt2, root, inside.Length == 0 ? "." : inside, ref how, (nuint)Marshal.SizeOf<OpenHow>());
            return file >= 0 ? new SafeFolderHandle((int)file) : throw Failure("open", Path.Combine(folder, inside));
        }
        finally
        {
            Close(root);
        }
    }

    /// <summary>A path that names what the handle holds, while it is open.</summary>
    public static string PathOf(SafeFolderHandle handle) => FormattableString.Invariant($"/proc/self/fd/{handle.DangerousGetHandle()}");

    /// <summary>Puts one name in the place of another at once. .NET's own move looks at what a link leads to, not at the link.</summary>
    public static void Rename(string from, string to) => Check(RenameCall(from, to), "rename", from);

    /// <summary>Removes a folder by the plain call; 0 when it is gone. .NET's own call refuses folders whose files the kernel provides.</summary>
    public static int RemoveFolder(string path) => Rmdir(path);

    internal static int Release(int file) => Close(file);

    private static string Unescape(string text) =>
        text.Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal).Replace("\\134", "\\", StringComparison.Ordinal);

    private static void Check(int result, string call, string path)
    {
        if (result != 0)
        {
            throw Failure(call, path);
        }
    }

    private static IOException Failure(string call, string path) => new($"{call} {path}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string? type, ulong flags, string? data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Umount2(string target, int flags);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Lchown(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameCall(string from, string to);

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rmdir(string path);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long Syscall(long number, int folder, string path, ref OpenHow how, nuint size);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, ref byte answer);

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
