using System.ComponentModel;
using System.Diagnostics;

namespace Gantry.Network.Host;

/// <summary>
/// Runs the system's own network programs and writes kernel settings. With a prefix such as <c>ip netns exec NAME</c> everything happens in
/// that network namespace, which is how tests work on a real kernel without touching the machine.
/// </summary>
public sealed class HostTools(params IReadOnlyList<string> prefix)
{
    /// <summary>The exit code that stands for "the program is not installed", as shells use it.</summary>
    public const int NotFound = 127;

    /// <summary>Runs a program to its end, feeding it <paramref name="input"/>. A program that is missing gives <see cref="NotFound"/>, no exception.</summary>
    public async Task<CommandResult> RunAsync(IReadOnlyList<string> command, string input, CancellationToken stop)
    {
        string[] words = [.. prefix, .. command];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            return new(NotFound, "", missing.Message);
        }

        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync(stop);
            var error = process.StandardError.ReadToEndAsync(stop);
            try
            {
                await FeedAsync(process, input, stop).ConfigureAwait(false);
                await process.WaitForExitAsync(stop).ConfigureAwait(false);
                return new(process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
        }
    }

    /// <summary>Runs a program whose failure is not expected; throws with its own words if it does fail.</summary>
    public async Task<string> RequireAsync(IReadOnlyList<string> command, CancellationToken stop)
    {
        var result = await RunAsync(command, "", stop).ConfigureAwait(false);
        return result.Succeeded ? result.Output : throw new IOException($"{string.Join(' ', command)}: {result.Error.Trim()}");
    }

    /// <summary>Writes a kernel setting under /proc/sys, given by its path there; false when the kernel has no such setting or refuses.</summary>
    public async Task<bool> SetAsync(string setting, string value, CancellationToken stop)
    {
        var path = $"/proc/sys/{setting}";
        if (prefix.Count > 0)
        {
            return (await RunAsync(["tee", path], value, stop).ConfigureAwait(false)).Succeeded;
        }

        try
        {
            // Writing what is there already would be noise in audit logs.
            if (!string.Equals((await File.ReadAllTextAsync(path, stop).ConfigureAwait(false)).Trim(), value, StringComparison.Ordinal))
            {
                await File.WriteAllTextAsync(path, value, stop).ConfigureAwait(false);
            }

            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static async Task FeedAsync(Process process, string input, CancellationToken stop)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), stop).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended without reading everything; its exit code and message say why.
        }
    }
}
