using System.CommandLine;
using Gantry.Cli.Cluster;
using Gantry.Cli.Kms;
using Gantry.Server;
using Gantry.Store;
using Gantry.Store.Sqlite;
using Microsoft.Extensions.Logging;

namespace Gantry.Cli.Commands;

/// <summary><c>gantry api</c>: the API alone, without controllers, scheduler or nodes. Needs no root.</summary>
public static class ApiCommand
{
    public static Command Build()
    {
        var data = SharedOptions.DataDir();
        var listen = SharedOptions.Listen("127.0.0.1:6443");
        var tokens = SharedOptions.TokenAuthFile();
        var services = SharedOptions.ServiceRange();
        var memory = new Option<bool>("--in-memory") { Description = "Keep objects in memory and forget them in the end. Keys and kubeconfig are still in the data directory." };
        var command = new Command("api", "Serves the API alone: what tests of operators and tools need.") { data, listen, tokens, services, memory };
        var syntax = new ApiSyntax();
        syntax.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            // What is asked for wrongly is told before anything is touched.
            var with = syntax.Read(parsed);
            var folder = new DataFolder(parsed.GetValue(data)!);
            folder.Make();
            var options = with(new ApiServerOptions
            {
                DataDirectory = folder.Root,
                AdminKubeconfig = folder.AdminKubeconfig,
                Listen = parsed.GetValue(listen)!,
                TokenFile = parsed.GetValue(tokens) ?? "",
                ServiceRange = parsed.GetValue(services),
                NodeName = Environment.MachineName.ToLowerInvariant(),
            });
            await RunAsync(options, folder, parsed.GetValue(memory), stop).ConfigureAwait(false);
            return 0;
        });
        return command;
    }

    private static async Task RunAsync(ApiServerOptions options, DataFolder folder, bool memory, CancellationToken stop)
    {
        var clock = TimeProvider.System;
        var from = clock.GetTimestamp();
        using var logs = ServerLogs.Create(LogLevel.Warning);
        await ServerFaults.ExplainAsync($"the API cannot be served at {options.Listen}", async () =>
        {
            await using var store = OpenStore(folder, memory);
            await using var server = await ApiServer.StartAsync(options, new ApiServerParts { Store = store, Clock = clock, Logs = logs, KeyService = GrpcKeyService.Over(clock) }, stop).ConfigureAwait(false);
            Console.WriteLine($"the API answers at {server.Address.GetLeftPart(UriPartial.Authority)} ({clock.GetElapsedTime(from).TotalMilliseconds:0} ms); export KUBECONFIG={options.KubeconfigPath}");
            await server.Completion.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (server.Completion.IsFaulted)
            {
                throw new CommandFailure("the server cannot go on; its log says why", 70);
            }
        }).ConfigureAwait(false);
    }

    /// <summary>The store of a server that may be told to forget everything in the end.</summary>
    internal static IStore OpenStore(DataFolder folder, bool memory) => memory
        ? StoreEngine.InMemory(new StoreOptions(), TimeProvider.System)
        : SqliteStore.Open(new SqliteStoreOptions { File = folder.StoreFile }, TimeProvider.System);
}
