using Microsoft.Win32.SafeHandles;

namespace Gantry.Node.Volumes;

/// <summary>Holds a file or folder by what it is, not by its name.</summary>
public sealed class SafeFolderHandle : SafeHandleMinusOneIsInvalid
{
    internal SafeFolderHandle(int file) : base(ownsHandle: true)
    {
        SetHandle(file);
    }

    protected override bool ReleaseHandle() => LinuxFiles.Release((int)handle) == 0;
}
