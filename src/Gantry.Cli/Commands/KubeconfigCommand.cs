using System.CommandLine;

namespace Gantry.Cli.Commands;

/// <summary><c>gantry kubeconfig</c>: the administrator's way in.</summary>
public static class KubeconfigCommand
{
    public static Command Build()
    {
        var dataDir = SharedOptions.DataDir();
        var output = new Option<string?>("--output", "-o") { Description = "Write it to this file, readable by you alone, instead of printing it.", HelpName = "FILE" };
        var command = new Command(
            "kubeconfig",
            "Prints the administrator's kubeconfig. It holds a private key: whoever has it may do everything.\n\n" +
            "  export KUBECONFIG=$(mktemp) && gantry kubeconfig -o $KUBECONFIG && kubectl get nodes")
        {
            dataDir, output,
        };
        command.SetAction(parsed =>
        {
            var folder = new DataFolder(parsed.GetValue(dataDir)!);
            string text;
            try
            {
                text = File.ReadAllText(folder.AdminKubeconfig);
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                throw new CommandFailure($"no cluster has run with the data directory {folder.Root} yet: {folder.AdminKubeconfig} does not exist; start one with 'gantry server{folder.Option}'", e);
            }
            catch (UnauthorizedAccessException e)
            {
                throw new CommandFailure($"{folder.AdminKubeconfig} is not readable for you; run this as the user who runs the server (usually root)", e);
            }

            if (parsed.GetValue(output) is not { } file)
            {
                Console.Write(text);
                return 0;
            }

            WritePrivate(file, text);
            return 0;
        });
        return command;
    }

    private static void WritePrivate(string file, string text)
    {
        try
        {
            // an existing file keeps its mode when it is opened, so it is replaced instead
            var part = file + ".part";
            File.Delete(part);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
            using (var writer = new StreamWriter(part, options))
            {
                writer.Write(text);
            }

            File.Move(part, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"{file} cannot be written: {e.Message}", e);
        }
    }
}
