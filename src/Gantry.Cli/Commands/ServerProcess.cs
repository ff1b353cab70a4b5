using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Gantry.Cli.Commands;

/// <summary>A server in the background, in a session of its own: it outlives the terminal that started it.</summary>
internal static partial class ServerProcess
{
    private const int SigTerm = 15;
    private const int SigKill = 9;

    /// <summary>Starts <c>gantry server</c> with those options; its output goes to the log of the data directory.</summary>
    public static Process Start(ServerOptions options)
    {
        options.Folder.Make();
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("the path of this program is not known");
        var start = new ProcessStartInfo("/bin/sh")
        {
            // the shell gives the file descriptors and is then replaced
            ArgumentList = { "-c", "log=$1; shift; exec setsid \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", options.Folder.ServerLog, program },
            WorkingDirectory = "/",
        };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "gantry.dll"));
        }

        start.ArgumentList.Add("server");
        foreach (var word in ServerOptions.Syntax.Words(options))
        {
            start.ArgumentList.Add(word);
        }

        return Process.Start(start) ?? throw new CommandFailure("/bin/sh could not be started");
    }

    /// <summary>Asks the server to end and waits for it; one that does not within the limit is killed.</summary>
    public static async Task StopAsync(ServerRecord record, TimeSpan limit, CancellationToken stop)
    {
        _ = Kill(record.Pid, SigTerm);
        var clock = TimeProvider.System;
        var from = clock.GetTimestamp();
        while (record.IsAlive())
        {
            if (clock.GetElapsedTime(from) > limit)
            {
                _ = Kill(record.Pid, SigKill);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), clock, stop).ConfigureAwait(false);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
