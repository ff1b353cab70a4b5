using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Gantry.Bench;

/// <summary>A gantry of our own, on loopback, with a data directory that goes with it.</summary>
internal sealed class GantryProcess : IAsyncDisposable
{
    public const string Token = "bench-token";

    private readonly Process _process;
    private readonly string _folder;
    private readonly bool _keep;

    private GantryProcess(Process process, string folder, Uri server, TimeSpan ready, bool keep)
    {
        _process = process;
        _folder = folder;
        Server = server;
        Ready = ready;
        _keep = keep;
    }

    public Uri Server { get; }

    /// <summary>The time from the start of the process to the first 200 of <c>/readyz</c>.</summary>
    public TimeSpan Ready { get; }

    public string Folder => _folder;

    /// <summary>Starts <c>gantry VERB</c> and waits until it is ready.</summary>
    /// <param name="program">The executable.</param>
    /// <param name="verb">The verb and its own options.</param>
    /// <param name="folder">A data directory to use and keep; null: a new one that is removed.</param>
    public static async Task<GantryProcess> StartAsync(string program, string[] verb, string? folder = null)
    {
        var data = folder ?? Directory.CreateTempSubdirectory("gantry-bench-").FullName;
        var tokens = Path.Combine(data, "tokens.csv");
        await File.WriteAllTextAsync(tokens, $"{Token},bench,bench,\"system:masters\"\n").ConfigureAwait(false);
        var server = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{FreePort()}"));
        string[] words = [.. verb, "--data-dir", data, "--listen", server.Authority, "--token-auth-file", tokens];
        var clock = TimeProvider.System;
        var from = clock.GetTimestamp();
        var process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{program} did not start");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text)
            {
                Console.Error.WriteLine(text);
            }
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var load = new Load(server, Token);
        while (true)
        {
            try
            {
                using var answer = await load.Http.GetAsync(new Uri("/readyz", UriKind.Relative)).ConfigureAwait(false);
                if (answer.IsSuccessStatusCode)
                {
                    return new GantryProcess(process, data, server, clock.GetElapsedTime(from), folder is not null);
                }
            }
            catch (HttpRequestException) when (!process.HasExited && clock.GetElapsedTime(from) < TimeSpan.FromSeconds(60))
            {
                // not listening yet
            }

            await Task.Delay(TimeSpan.FromMilliseconds(2), clock).ConfigureAwait(false);
        }
    }

    /// <summary>Resident memory in MB (10^6 bytes).</summary>
    public double Megabytes()
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }

    /// <summary>Processor time used so far.</summary>
    public TimeSpan Processor()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using (Process.Start("kill", _process.Id.ToString(CultureInfo.InvariantCulture)))
            {
            }

            await _process.WaitForExitAsync().ConfigureAwait(false);
        }

        _process.Dispose();
        if (!_keep)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
