using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gantry.Node.Streaming;

/// <summary>Reads what lies in a named pipe without ever waiting for it.</summary>
internal static partial class Fifo
{
    private const int ReadOnly = 0;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int TryAgain = 11;

    /// <summary>Null when there is no such pipe.</summary>
    public static SafeFileHandle? Open(string path)
    {
        var descriptor = OpenFile(path, ReadOnly | NonBlocking | CloseOnExec);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <returns>How many bytes; 0 when no writer is left; -1 when there is nothing at the moment.</returns>
    /// <exception cref="IOException">Reading failed.</exception>
    public static int Read(SafeFileHandle pipe, Span<byte> buffer)
    {
        var got = ReadFile(pipe, buffer, buffer.Length);
        return got >= 0 ? (int)got
            : Marshal.GetLastPInvokeError() == TryAgain ? -1
            : throw new IOException($"reading a pipe failed with error {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadFile(SafeFileHandle pipe, Span<byte> buffer, nint length);
}
