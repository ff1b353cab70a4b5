using System.CommandLine;
using Gantry.Cli.Cluster;
using Gantry.Server;
using Gantry.Simulation;
using Microsoft.Extensions.Logging;

namespace Gantry.Cli.Commands;

/// <summary><c>gantry simulate</c>: a cluster whose nodes are hollow.</summary>
public static class SimulateCommand
{
    public static Command Build()
    {
        var dataDir = SharedOptions.DataDir();
        var listen = SharedOptions.Listen("127.0.0.1:6443");
        var tokens = SharedOptions.TokenAuthFile();
        var services = SharedOptions.ServiceRange();
        var pods = SharedOptions.ClusterCidr();
        var memory = new Option<bool>("--in-memory") { Description = "Keep objects in memory only." };
        var nodes = new Option<int>("--nodes") { Description = "How many nodes.", HelpName = "N", DefaultValueFactory = _ => 3 };
        var startsAfter = new Option<double>("--pods-start-after") { Description = "How long a pod takes to run.", HelpName = "SECONDS" };
        var endsAfter = new Option<double?>("--pods-end-after") { Description = "How long pods that end, such as those of jobs, run; never ending if not given.", HelpName = "SECONDS" };
        var command = new Command(
            "simulate",
            "Runs a cluster of hollow nodes: the real API, controllers and scheduler, pods that only say that they run. Needs no root.")
        {
            dataDir, listen, tokens, services, pods, memory, nodes, startsAfter, endsAfter,
        };
        var syntax = new ApiSyntax();
        syntax.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var with = syntax.Read(parsed);
            var folder = new DataFolder(parsed.GetValue(dataDir)!);
            var hollow = new HollowOptions
            {
                Count = parsed.GetValue(nodes),
                StartsAfter = TimeSpan.FromSeconds(parsed.GetValue(startsAfter)),
                EndsAfter = parsed.GetValue(endsAfter) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            };
            if (hollow.Check().FirstOrDefault() is { } problem)
            {
                throw new CommandFailure(problem, 2);
            }

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
            using var logs = ServerLogs.Create(LogLevel.Warning);
            await ServerFaults.ExplainAsync($"the API cannot be served at {options.Listen}", async () =>
            {
                await using var store = ApiCommand.OpenStore(folder, parsed.GetValue(memory));
                await using var server = await ApiServer.StartAsync(options, new ApiServerParts { Store = store, Logs = logs }, stop).ConfigureAwait(false);
                var loops = new ClusterLoops(server, logs, TimeProvider.System);
                loops.AddControllers(server.Pki.Authority.CertificatePem, parsed.GetValue(pods));
                loops.AddScheduler();
                loops.AddHollowNodes(hollow);
                Console.WriteLine($"{hollow.Count} hollow nodes at {server.Address.GetLeftPart(UriPartial.Authority)}; export KUBECONFIG={folder.AdminKubeconfig}");
                ServerFaults.Throw(await loops.Host.RunAsync(stop).ConfigureAwait(false));
            }).ConfigureAwait(false);
            return 0;
        });
        return command;
    }
}
