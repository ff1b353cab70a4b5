using System.CommandLine;
using Gantry.Store;
using Gantry.Store.Sqlite;

namespace Gantry.Cli.Commands;

/// <summary><c>gantry snapshot</c>: copies of everything the API keeps.</summary>
public static class SnapshotCommand
{
    public static Command Build() => new(
        "snapshot",
        "Saves, checks and restores copies of everything the API keeps (objects, their history, secrets). Containers and images are not in it.")
    {
        Save(), Restore(), Verify(),
    };

    private static Command Save()
    {
        var dataDir = SharedOptions.DataDir();
        var file = new Argument<string>("FILE") { Description = "The file to make; it must not exist." };
        var command = new Command("save", "Saves a snapshot to FILE; the cluster may go on running.") { file, dataDir };
        command.SetAction(async (parsed, stop) =>
        {
            var folder = new DataFolder(parsed.GetValue(dataDir)!);
            var target = parsed.GetValue(file)!;
            await TryAsync(async () =>
            {
                if (!File.Exists(folder.StoreFile))
                {
                    throw new CommandFailure($"there is nothing to save: {folder.StoreFile} does not exist; --data-dir names the cluster's directory");
                }

                await Snapshots.SaveAsync(folder.StoreFile, target, stop).ConfigureAwait(false);
                Print(target, Snapshots.Verify(target));
            }).ConfigureAwait(false);
            return 0;
        });
        return command;
    }

    private static Command Restore()
    {
        var dataDir = SharedOptions.DataDir();
        var file = new Argument<string>("FILE") { Description = "A file that 'gantry snapshot save' made." };
        var replace = new Option<bool>("--replace") { Description = "Restore even though the directory holds a store; that one is kept beside it as .before-restore." };
        var command = new Command("restore", "Makes FILE the cluster's state. The server must not be running.") { file, dataDir, replace };
        command.SetAction(async (parsed, _) =>
        {
            var folder = new DataFolder(parsed.GetValue(dataDir)!);
            await TryAsync(() =>
            {
                if (File.Exists(folder.StoreFile) && !parsed.GetValue(replace))
                {
                    throw new CommandFailure($"{folder.Root} holds a store already; restore over it with --replace (it is kept as .before-restore), or choose another --data-dir");
                }

                folder.Make();
                var sound = Snapshots.Restore(parsed.GetValue(file)!, folder.StoreFile, parsed.GetValue(replace));
                Console.WriteLine($"restored {sound.Keys} objects of revision {sound.Current.Value} into {folder.Root}; start the server again with 'gantry server{folder.Option}'");
                return Task.CompletedTask;
            }).ConfigureAwait(false);
            return 0;
        });
        return command;
    }

    private static Command Verify()
    {
        var dataDir = SharedOptions.DataDir();
        var file = new Argument<string?>("FILE") { Description = "A snapshot; without it the cluster's own store is checked.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("verify", "Reads every page and every object of a snapshot or store and says whether all is as it was written.") { file, dataDir };
        command.SetAction(async (parsed, _) =>
        {
            var target = parsed.GetValue(file) ?? new DataFolder(parsed.GetValue(dataDir)!).StoreFile;
            await TryAsync(() =>
            {
                Print(target, Snapshots.Verify(target));
                return Task.CompletedTask;
            }).ConfigureAwait(false);
            return 0;
        });
        return command;
    }

    private static void Print(string file, VerifyResult result)
    {
        switch (result)
        {
            case VerifyResult.Sound sound:
                Console.WriteLine($"{file}: sound, {sound.Keys} objects, {sound.Rows} revisions kept, revision {sound.Current.Value}, {sound.Bytes} bytes");
                break;
            case VerifyResult.Damaged damaged:
                throw new CommandFailure($"{file} is damaged: {string.Join("; ", damaged.Problems.Take(5))}; restore another snapshot");
        }
    }

    private static async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (StoreFileException e) when (e.Problem == StoreFileProblem.InUse)
        {
            throw new CommandFailure($"{e.Message}; stop the server first", e);
        }
        catch (StoreFileException e)
        {
            throw new CommandFailure(e.Message, e);
        }
        catch (Exception e) when (e is StoreUnavailableException or IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(e.Message, e);
        }
    }
}
