using System.CommandLine;
using System.Runtime.InteropServices;
using Gantry.Cli.Cluster;
using Microsoft.Extensions.Logging;

namespace Gantry.Cli.Commands;

/// <summary><c>gantry server</c>: a whole cluster in one process.</summary>
public static class ServerCommand
{
    public static Command Build()
    {
        var syntax = new ServerOptions.Syntax();
        var verbose = new Option<bool>("--verbose") { Description = "Log what is done, not only what goes wrong." };
        var command = new Command(
            "server",
            "Runs a whole cluster on this machine: the API, controllers, scheduler, network, and a node that runs containers. Needs root.\n\n" +
            "It runs in the foreground; './up' or 'gantry up' runs it in the background. When it ends, or is killed, containers go on, and the\n" +
            "next start takes them over; 'gantry down' ends them too.")
        {
            verbose,
        };
        foreach (var option in syntax.All)
        {
            command.Add(option);
        }

        command.SetAction(async (parsed, stop) =>
        {
            var options = syntax.Read(parsed);
            options.Check();
            if (!Environment.IsPrivilegedProcess)
            {
                throw new CommandFailure("a node needs root: run this as root, or run 'gantry api' or 'gantry simulate', which do not");
            }

            options.Folder.Make();
            using var logs = ServerLogs.Create(parsed.GetValue(verbose) ? LogLevel.Information : LogLevel.Warning);
            await ServerFaults.ExplainAsync("the server cannot run", () => ClusterServer.RunAsync(options, logs, stop)).ConfigureAwait(false);
            return 0;
        });
        return command;
    }
}
