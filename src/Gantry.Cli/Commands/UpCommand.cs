using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Client.Http;

namespace Gantry.Cli.Commands;

/// <summary><c>gantry up</c>: a server in the background, and the word when it can be used.</summary>
public static class UpCommand
{
    public static Command Build()
    {
        var syntax = new ServerOptions.Syntax();
        var timeout = new Option<int>("--timeout") { Description = "Give up after that many seconds; the server goes on.", HelpName = "SECONDS", DefaultValueFactory = _ => 120 };
        var command = new Command("up", "Starts 'gantry server' in the background and waits until its node is Ready. Safe to repeat: a cluster that is up stays as it is.") { timeout };
        foreach (var option in syntax.All)
        {
            command.Add(option);
        }

        command.SetAction(async (parsed, stop) =>
        {
            var options = syntax.Read(parsed);
            options.Check();
            await RunAsync(options, TimeSpan.FromSeconds(parsed.GetValue(timeout)), stop).ConfigureAwait(false);
            return 0;
        });
        return command;
    }

    private static async Task RunAsync(ServerOptions options, TimeSpan timeout, CancellationToken stop)
    {
        var clock = TimeProvider.System;
        var from = clock.GetTimestamp();
        using var limit = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        var running = ServerRecord.Read(options.Folder) is { } record && record.IsAlive() ? record : null;
        using var process = running is null ? ServerProcess.Start(options) : null;
        Console.WriteLine(running is null
            ? $"starting the server (data in {options.Folder.Root}, log in {options.Folder.ServerLog})"
            : $"the server runs already (pid {running.Pid}, {running.Server})");
        string Elapsed() => clock.GetElapsedTime(from).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s";
        try
        {
            var server = await WaitForServerAsync(options, process, clock, either.Token).ConfigureAwait(false);
            Console.WriteLine($"the API answers at {server.Server} ({Elapsed()})");
            await WaitForNodeAsync(options.Folder, server.NodeName, process, clock, either.Token).ConfigureAwait(false);
            Console.WriteLine($"node {server.NodeName} is Ready ({Elapsed()})");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new CommandFailure($"the cluster was not ready after {timeout.TotalSeconds:0} s; the server goes on, and its log {options.Folder.ServerLog} ends with: {LastLine(options.Folder)}");
        }

        Console.WriteLine($"""

            Now type:

              export KUBECONFIG={options.Folder.AdminKubeconfig}
              kubectl get nodes

            and, for a real application:

              samples/images/build && ./gantry image load{options.Folder.Option} samples/images/out/*.tar
              kubectl apply -f samples/guestbook && kubectl get pods --watch
            """);
    }

    private static async Task<ServerRecord> WaitForServerAsync(ServerOptions options, Process? process, TimeProvider clock, CancellationToken ct)
    {
        while (true)
        {
            ThrowIfEnded(options.Folder, process);
            if (ServerRecord.Read(options.Folder) is { } record && record.IsAlive() && (process is null || record.Pid == process.Id) && File.Exists(options.Folder.AdminKubeconfig)
                && await AnswersAsync(options.Folder, ct).ConfigureAwait(false))
            {
                return record;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(25), clock, ct).ConfigureAwait(false);
        }
    }

    private static async Task<bool> AnswersAsync(DataFolder folder, CancellationToken ct)
    {
        using var connection = Kubeconfig.Load(folder.AdminKubeconfig);
        using var http = ApiHttp.Connect(connection, TimeProvider.System);
        try
        {
            using var answer = await http.GetAsync(new Uri("/readyz", UriKind.Relative), ct).ConfigureAwait(false);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // not listening yet
            return false;
        }
    }

    private static async Task WaitForNodeAsync(DataFolder folder, string node, Process? process, TimeProvider clock, CancellationToken ct)
    {
        using var connection = Kubeconfig.Load(folder.AdminKubeconfig);
        using var http = ApiHttp.Connect(connection, clock);
        var api = new HttpApiClient(http);
        while (true)
        {
            ThrowIfEnded(folder, process);
            var found = await api.GetAsync<V1Node>("", node, ct).ConfigureAwait(false);
            if (found?.Status?.Conditions?.Any(c => c.Type == "Ready" && c.Status == "True") == true)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(25), clock, ct).ConfigureAwait(false);
        }
    }

    private static void ThrowIfEnded(DataFolder folder, Process? process)
    {
        if (process is { HasExited: true })
        {
            throw new CommandFailure($"the server ended with exit code {process.ExitCode}: {LastLine(folder)}; its whole log is {folder.ServerLog}");
        }
    }

    private static string LastLine(DataFolder folder) =>
        File.Exists(folder.ServerLog) ? File.ReadLines(folder.ServerLog).LastOrDefault(l => l.Length > 0) ?? "(nothing)" : "(nothing)";
}
