using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Gantry.Node.Logs;

/// <summary>Whether two open files are one. The kernel's link of an open file follows renames, so a rotated file shows another name than its successor.</summary>
internal static class FileIdentity
{
    public static bool Same(SafeFileHandle one, SafeFileHandle other) => string.Equals(Link(one), Link(other), StringComparison.Ordinal);

    private static string Link(SafeFileHandle file)
    {
        var number = file.DangerousGetHandle().ToString(CultureInfo.InvariantCulture);
        return new FileInfo("/proc/self/fd/" + number).LinkTarget ?? number;
    }
}
