using System.Diagnostics;

namespace Gantry.Node.Cni;

/// <summary>Puts the conflist and the masquerade table in place, and takes them away.</summary>
public static class CniSetup
{
    /// <summary>Writes the configuration and loads the masquerade rule. Safe to repeat.</summary>
    /// <exception cref="InvalidOperationException">nft refused; the message holds its words.</exception>
    public static async Task ApplyAsync(CniOptions options, string confDirectory, CancellationToken ct)
    {
        Directory.CreateDirectory(confDirectory);
        Directory.CreateDirectory(options.LeaseDirectory);
        var file = Path.Combine(confDirectory, CniConfig.FileName);
        var text = CniConfig.Write(options);
        if (!File.Exists(file) || await File.ReadAllTextAsync(file, ct) != text)
        {
            // containerd watches the directory; a rename shows it the whole file at once.
            await File.WriteAllTextAsync(file + ".tmp", text, ct);
            File.Move(file + ".tmp", file, overwrite: true);
        }

        await RunAsync("nft", ["-f", "-"], CniConfig.Masquerade(options), ct);
        await File.WriteAllTextAsync("/proc/sys/net/ipv4/ip_forward", "1", ct);
    }

    /// <summary>Removes the bridge, the table and what is left of host ports; what is not there is no fault.</summary>
    public static async Task RemoveAsync(CniOptions options, CancellationToken ct)
    {
        await TryAsync("nft", ["delete", "table", "ip", CniConfig.Table(options)], ct);
        await TryAsync("ip", ["link", "delete", options.Bridge], ct);
        foreach (var program in (string[])["iptables", "ip6tables"])
        {
            if (HostPortChains.Removal(await TryAsync(program + "-save", ["-t", "nat"], ct)) is { Length: > 0 } removal)
            {
                await RunAsync(program + "-restore", ["--noflush"], removal, ct);
            }
        }
    }

    // What the program printed; nothing where it failed, because what it is about is not there.
    private static async Task<string> TryAsync(string file, string[] words, CancellationToken ct)
    {
        try
        {
            return await RunAsync(file, words, "", ct);
        }
        catch (Exception absent) when (absent is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return "";
        }
    }

    private static async Task<string> RunAsync(string file, string[] words, string input, CancellationToken ct)
    {
        var start = new ProcessStartInfo(file, words) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start");
        await process.StandardInput.WriteAsync(input.AsMemory(), ct);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var errors = await process.StandardError.ReadToEndAsync(ct);
        var said = await output;
        await process.WaitForExitAsync(ct);
        return process.ExitCode == 0 ? said : throw new InvalidOperationException($"{file} {string.Join(' ', words)}: {errors.Trim()}");
    }
}
