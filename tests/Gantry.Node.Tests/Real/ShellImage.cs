using System.Diagnostics;
using System.Runtime.InteropServices;
using Gantry.Node.Images;

namespace Gantry.Node.Tests.Real;

/// <summary>An image with a shell and a few commands, made of this machine's own files: no download, and what runs is known to run here.</summary>
internal static class ShellImage
{
    public const string Name = "gantry.local/shell:1";

    private static readonly string[] Commands = ["sh", "cat", "sleep", "ls", "id", "mkdir", "touch", "grep", "hostname", "test", "stat", "env", "readlink", "rm", "ln"];

    public static async Task<byte[]> BuildAsync(string name)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var command in Commands)
        {
            var path = ((string[])["/bin", "/usr/bin"]).Select(f => Path.Combine(f, command)).FirstOrDefault(File.Exists);
            if (path is null)
            {
                continue;
            }

            files["bin/" + command] = await File.ReadAllBytesAsync(path);
            foreach (var library in await LibrariesAsync(path))
            {
                files[library.TrimStart('/')] = await File.ReadAllBytesAsync(library);
            }
        }

        files["etc/passwd"] = "root:x:0:0:root:/:/bin/sh\n"u8.ToArray();
        files["tmp/.keep"] = [];
        var layer = OciArchive.Tar(files.Select(f => (f.Key, f.Value, true)));
        return OciArchive.Build(name, layer, ["/bin/sh"], RuntimeInformation.ProcessArchitecture);
    }

    private static async Task<IEnumerable<string>> LibrariesAsync(string program)
    {
        using var ldd = Process.Start(new ProcessStartInfo("ldd", program) { RedirectStandardOutput = true })!;
        var text = await ldd.StandardOutput.ReadToEndAsync();
        await ldd.WaitForExitAsync();
        return text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Where(w => w.StartsWith('/') && File.Exists(w));
    }
}
