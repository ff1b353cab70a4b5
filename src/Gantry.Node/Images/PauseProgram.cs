using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Gantry.Node.Images;

/// <summary>
/// The program that holds a pod's namespaces: it blocks SIGTERM, SIGINT and SIGCHLD, waits for one of them, reaps children
/// on SIGCHLD and ends on the others. Made here, instruction by instruction, because a user's machine has neither a static
/// binary to borrow nor a registry in reach; it needs no libc and no loader.
/// </summary>
public static class PauseProgram
{
    private const ulong Base = 0x400000;
    private const int HeaderLength = 64 + 56;

    // set = SIGINT | SIGTERM | SIGCHLD; rt_sigprocmask(SIG_BLOCK, &set, 0, 8)
    // wait: rt_sigtimedwait(&set, 0, 0, 8); 17 -> reap; negative -> wait; else exit_group(0)
    // reap: wait4(-1, 0, WNOHANG, 0) while positive; -> wait
    private static readonly byte[] X64 =
    [
        0x68, 0x02, 0x40, 0x01, 0x00, 0x48, 0x89, 0xe6, 0x31, 0xff, 0x31, 0xd2, 0x6a, 0x08, 0x41, 0x5a, 0x6a, 0x0e, 0x58, 0x0f, 0x05,
        0x48, 0x8d, 0x3c, 0x24, 0x31, 0xf6, 0x31, 0xd2, 0x6a, 0x08, 0x41, 0x5a, 0xb8, 0x80, 0x00, 0x00, 0x00, 0x0f, 0x05,
        0x83, 0xf8, 0x11, 0x74, 0x0e, 0x83, 0xf8, 0x00, 0x7c, 0xe3, 0x31, 0xff, 0xb8, 0xe7, 0x00, 0x00, 0x00, 0x0f, 0x05,
        0x48, 0xc7, 0xc7, 0xff, 0xff, 0xff, 0xff, 0x31, 0xf6, 0x6a, 0x01, 0x5a, 0x45, 0x31, 0xd2, 0xb8, 0x3d, 0x00, 0x00, 0x00, 0x0f, 0x05,
        0x85, 0xc0, 0x7f, 0xe6, 0xeb, 0xbe,
    ];

    private static readonly uint[] Arm64 =
    [
        0xD10043FF, 0xD2880040, 0xF2A00020, 0xF90003E0,
        0xD2800000, 0x910003E1, 0xD2800002, 0xD2800103, 0xD28010E8, 0xD4000001,
        0x910003E0, 0xD2800001, 0xD2800002, 0xD2800103, 0xD2801128, 0xD4000001,
        0x7100441F, 0x540000A0, 0x37FFFF00, 0xD2800000, 0xD2800BC8, 0xD4000001,
        0x92800000, 0xD2800001, 0xD2800022, 0xD2800003, 0xD2802088, 0xD4000001,
        0x7100001F, 0x54FFFF2C, 0x17FFFFEC,
    ];

    /// <summary>A complete static ELF executable.</summary>
    /// <exception cref="PlatformNotSupportedException">For anything but x86-64 and 64-bit Arm.</exception>
    public static byte[] Elf(Architecture architecture)
    {
        var (machine, code) = architecture switch
        {
            Architecture.X64 => ((ushort)62, X64),
            Architecture.Arm64 => ((ushort)183, MemoryMarshal.AsBytes(Arm64.AsSpan()).ToArray()),
            _ => throw new PlatformNotSupportedException($"no pause program for {architecture}"),
        };
        var file = new byte[HeaderLength + code.Length];
        var span = file.AsSpan();
        ((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1]).CopyTo(span);
        BinaryPrimitives.WriteUInt16LittleEndian(span[16..], 2); // executable
        BinaryPrimitives.WriteUInt16LittleEndian(span[18..], machine);
        BinaryPrimitives.WriteUInt32LittleEndian(span[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(span[24..], Base + HeaderLength); // entry
        BinaryPrimitives.WriteUInt64LittleEndian(span[32..], 64); // program headers
        BinaryPrimitives.WriteUInt16LittleEndian(span[52..], 64);
        BinaryPrimitives.WriteUInt16LittleEndian(span[54..], 56);
        BinaryPrimitives.WriteUInt16LittleEndian(span[56..], 1);
        var segment = span[64..];
        BinaryPrimitives.WriteUInt32LittleEndian(segment, 1); // load
        BinaryPrimitives.WriteUInt32LittleEndian(segment[4..], 5); // read, execute
        BinaryPrimitives.WriteUInt64LittleEndian(segment[16..], Base);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[24..], Base);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[32..], (ulong)file.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[40..], (ulong)file.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[48..], 0x1000);
        code.CopyTo(span[HeaderLength..]);
        return file;
    }
}
