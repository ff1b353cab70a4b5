using System.Text.Json;

namespace Gantry.Cluster;

/// <summary>
/// A cluster of its own beside whatever else runs on the machine: own data directory, port, node name and address ranges. Started and stopped by
/// the scripts that a user types.
/// </summary>
public sealed class RunningCluster
{
    private readonly string[] _options;

    private RunningCluster(string root, string data, int number)
    {
        Root = root;
        Data = data;
        NodeName = $"node-{number}";
        _options =
        [
            "--data-dir", data, "--listen", $"127.0.0.1:{17_000 + number}", "--node-name", NodeName,
            "--cluster-cidr", $"10.{140 + number}.0.0/16", "--service-cluster-ip-range", $"10.{160 + number}.0.0/16",
        ];
        Shell = new Shell().With("KUBECONFIG", Path.Combine(data, "admin.kubeconfig"));
    }

    /// <summary>The clone.</summary>
    public string Root { get; }

    public string Data { get; }

    public string NodeName { get; }

    public Shell Shell { get; }

    /// <summary>Why tests of real clusters cannot run here; null when they can.</summary>
    public static string? Missing()
    {
        if (Environment.UserName != "root")
        {
            return "left out: real containers need root";
        }

        string[] programs = ["containerd", "runc", "nft", "ip", "kubectl"];
        var path = (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin").Split(':');
        var missing = programs.Where(p => !path.Any(folder => File.Exists(Path.Combine(folder, p)))).ToList();
        return missing.Count == 0 ? null : $"left out: not installed here: {string.Join(", ", missing)}";
    }

    /// <param name="number">1 to 9; clusters with different numbers do not meet.</param>
    public static RunningCluster Prepare(int number) => new(Clone(), Directory.CreateTempSubdirectory("gantry-cluster-").FullName, number);

    /// <summary><c>./up</c>; returns what it printed.</summary>
    public Task<string> UpAsync() => Shell.RunAsync(Path.Combine(Root, "up"), _options);

    /// <summary><c>./down</c>.</summary>
    public Task<string> DownAsync(params string[] more) => Shell.RunAsync(Path.Combine(Root, "down"), ["--data-dir", Data, .. more]);

    public Task<string> GantryAsync(params string[] words) => Shell.RunAsync(Path.Combine(Root, "gantry"), [.. words, "--data-dir", Data]);

    public Task<string> KubectlAsync(params string[] words) => Shell.RunAsync("kubectl", words);

    /// <summary>The pid of the server.</summary>
    public int ServerPid()
    {
        using var record = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Data, "server.json")));
        return record.RootElement.GetProperty("Pid").GetInt32();
    }

    /// <summary>Processes, mounts and folders of this cluster that are on the machine, a line each.</summary>
    public IReadOnlyList<string> Traces()
    {
        var traces = new List<string>();
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(f => int.TryParse(Path.GetFileName(f), out _)))
        {
            try
            {
                var line = File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
                if (line.Contains(Data, StringComparison.Ordinal))
                {
                    traces.Add($"process {Path.GetFileName(folder)}: {line}");
                }
            }
            catch (IOException)
            {
                // it ended while we looked
            }
        }

        traces.AddRange(File.ReadLines("/proc/self/mounts").Where(l => l.Contains(Data, StringComparison.Ordinal)).Select(l => "mount " + l));
        if (Directory.Exists(Data))
        {
            traces.Add("folder " + Data);
        }

        return traces;
    }

    /// <summary>The names of the machine's network interfaces.</summary>
    public static IReadOnlyList<string> Interfaces() => [.. Directory.EnumerateFileSystemEntries("/sys/class/net").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    /// <summary>Asks until it holds; throws with the last answer when it does not in time.</summary>
    public static async Task UntilAsync(string what, Func<Task<bool>> holds, TimeSpan? limit = null)
    {
        var clock = TimeProvider.System;
        var from = clock.GetTimestamp();
        while (!await holds())
        {
            if (clock.GetElapsedTime(from) > (limit ?? TimeSpan.FromMinutes(1)))
            {
                throw new TimeoutException("it did not come to pass: " + what);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), clock);
        }
    }

    private static string Clone()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "BannedSymbols.txt")))
            {
                return at.FullName;
            }
        }

        throw new DirectoryNotFoundException("the tests do not run inside a clone");
    }
}
