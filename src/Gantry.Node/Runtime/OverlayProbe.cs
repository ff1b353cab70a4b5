using System.Diagnostics;

namespace Gantry.Node.Runtime;

/// <summary>Tries an overlay mount where the snapshots will lie: only the try tells, since it depends on the file system below.</summary>
internal static class OverlayProbe
{
    public static bool Works(string root, MachineFacts facts)
    {
        if (!facts.OverlayFileSystem && !File.Exists("/sbin/modprobe"))
        {
            return false;
        }

        var directory = Path.Combine(root, ".overlay-probe");
        foreach (var part in (string[])["lower", "upper", "work", "merged"])
        {
            Directory.CreateDirectory(Path.Combine(directory, part));
        }

        try
        {
            var merged = Path.Combine(directory, "merged");
            var options = $"lowerdir={directory}/lower,upperdir={directory}/upper,workdir={directory}/work";
            if (!Succeeds("mount", "-t", "overlay", "-o", options, "overlay", merged))
            {
                return false;
            }

            return Succeeds("umount", merged);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static bool Succeeds(string file, params string[] words)
    {
        var start = new ProcessStartInfo(file, words) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start);
        process?.WaitForExit();
        return process?.ExitCode == 0;
    }
}
