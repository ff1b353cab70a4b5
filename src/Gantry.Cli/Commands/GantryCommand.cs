using System.CommandLine;
using System.CommandLine.Parsing;

namespace Gantry.Cli.Commands;

/// <summary>The command line: its verbs, and how a failure is told.</summary>
public static class GantryCommand
{
    /// <summary>Every verb.</summary>
    public static RootCommand Build() => new(
        "A complete container platform: the Kubernetes 1.32 API, real containers, one executable.\n\n" +
        "  gantry server                  a whole cluster on this machine (as root)\n" +
        "  gantry api --in-memory         only the API, for tests: no root, no disk\n" +
        "  gantry kubeconfig              the administrator's kubeconfig, for kubectl\n\n" +
        "Everything a cluster keeps is in its data directory (--data-dir), so clusters with different directories, ports and\n" +
        "address ranges run side by side.")
    {
        Subcommands =
        {
            ServerCommand.Build(),
            ApiCommand.Build(),
            SimulateCommand.Build(),
            UpCommand.Build(),
            DownCommand.Build(),
            ImageCommand.Build(),
            SnapshotCommand.Build(),
            KubeconfigCommand.Build(),
            VersionCommand.Build(),
        },
    };

    /// <summary>Runs the verb that the words name.</summary>
    /// <returns>The exit code: 0 done, 1 failed, 2 asked for wrongly.</returns>
    public static async Task<int> RunAsync(string[] words)
    {
        var parsed = Build().Parse(words.Length == 0 ? ["--help"] : words);
        if (parsed.Errors.Count > 0 && !words.Any(w => w is "-h" or "--help" or "-?"))
        {
            await Console.Error.WriteLineAsync($"gantry: {Problem(parsed)}; '{Path(parsed.CommandResult)} --help' shows what it takes").ConfigureAwait(false);
            return 2;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromMinutes(1) }).ConfigureAwait(false);
        }
        catch (CommandFailure failure)
        {
            await Console.Error.WriteLineAsync("gantry: " + failure.Message).ConfigureAwait(false);
            return failure.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }

    private static string Problem(ParseResult parsed)
    {
        // a word that is no verb gives two errors; the one that names the word helps more
        var text = (parsed.Errors.FirstOrDefault(e => e.Message.Contains('\'', StringComparison.Ordinal)) ?? parsed.Errors[0]).Message.TrimEnd('.');
        return char.ToLowerInvariant(text[0]) + text[1..];
    }

    private static string Path(SymbolResult? at) => at switch
    {
        CommandResult { Parent: null } => "gantry",
        CommandResult command => Path(command.Parent) + " " + command.Command.Name,
        null => "gantry",
        _ => Path(at.Parent),
    };
}
