using System.Diagnostics;
using System.Runtime.InteropServices;
using Gantry.Node.Images;

namespace Gantry.Node.Tests.Streaming;

/// <summary>An image made of this machine's own programs and the libraries they load, so that tests need no registry.</summary>
internal static class HostProgramsImage
{
    public const string Reference = "gantry.local/host-programs:1";
    private static readonly string[] Programs = ["sh", "cat", "sleep", "head", "tar", "stty", "wc", "dd", "ls", "mkdir", "rm", "sha256sum", "env"];

    public static async Task<byte[]> BuildAsync()
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var program in Programs)
        {
            var path = (await RunAsync("sh", ["-c", $"command -v {program}"])).Trim();
            files["bin/" + program] = path;
            foreach (var library in (await RunAsync("ldd", [path])).Split(['\n', '\t', ' '], StringSplitOptions.RemoveEmptyEntries).Where(w => w.StartsWith('/')))
            {
                files[library.TrimStart('/')] = library;
            }
        }

        var entries = files.Select(f => (f.Key, File.ReadAllBytes(f.Value), true)).Append(("tmp/.keep", [], false));
        return OciArchive.Build(Reference, OciArchive.Tar(entries), ["/bin/sh"], RuntimeInformation.ProcessArchitecture);
    }

    private static async Task<string> RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }
}
