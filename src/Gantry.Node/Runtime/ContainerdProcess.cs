using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Gantry.Node.Runtime;

/// <summary>
/// containerd's process: started in a session of its own so that neither our end nor a terminal's Ctrl-C ends it,
/// found again by its pid file after our restart.
/// </summary>
internal sealed partial class ContainerdProcess
{
    private const int SigTerm = 15;
    private const int SigKill = 9;

    private readonly RuntimeOptions _options;

    public ContainerdProcess(RuntimeOptions options)
    {
        _options = options;
    }

    /// <summary>The pid of a containerd running with our configuration file, or null.</summary>
    public int? Find()
    {
        if (!File.Exists(_options.PidFile) || !int.TryParse(File.ReadAllText(_options.PidFile), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
        {
            return null;
        }

        return IsOurs(pid) ? pid : null;
    }

    /// <summary>Starts a new process and writes its pid down; does not wait until it answers.</summary>
    public int Start()
    {
        // The shell gives the file descriptors and is then replaced, twice, so the pid is containerd's.
        var start = new ProcessStartInfo("/bin/sh")
        {
            ArgumentList = { "-c", "exec setsid \"$0\" --config \"$1\" >>\"$2\" 2>&1 </dev/null", _options.Containerd, _options.ConfigFile, _options.LogFile },
            WorkingDirectory = "/",
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("/bin/sh did not start");
        File.WriteAllText(_options.PidFile, process.Id.ToString(CultureInfo.InvariantCulture));
        return process.Id;
    }

    public static void Terminate(int pid) => _ = Kill(pid, SigTerm);

    public static void KillNow(int pid) => _ = Kill(pid, SigKill);

    /// <summary>Whether the pid is alive and was started with our configuration file. A zombie has no command line.</summary>
    public bool IsOurs(int pid)
    {
        try
        {
            var words = File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
            return words.Contains(_options.ConfigFile, StringComparer.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
