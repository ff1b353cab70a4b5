using System.CommandLine;
using System.Globalization;
using Gantry.Cli.Cluster;
using Gantry.Node.Grpc;
using Gantry.Node.Images;
using Gantry.Node.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Cli.Commands;

/// <summary><c>gantry image</c>: the images on this machine.</summary>
public static class ImageCommand
{
    public static Command Build() => new("image", "Loads, lists and removes the container images of the cluster on this machine; no registry is needed.")
    {
        Load(), List(), Remove(),
    };

    private static Command Load()
    {
        var dataDir = SharedOptions.DataDir();
        var files = new Argument<string[]>("FILE") { Description = "Archives in OCI layout or as 'docker save' writes them, gzipped or not; - reads one from standard input.", Arity = ArgumentArity.OneOrMore };
        var name = new Option<string?>("--name") { Description = "The name for an archive that names no image.", HelpName = "NAME:TAG" };
        var command = new Command("load", "Loads image archives.") { files, name, dataDir };
        command.SetAction((parsed, stop) => WithRuntimeAsync(parsed.GetValue(dataDir)!, async (channel, runtime) =>
        {
            var importer = new ImageImporter(channel, runtime, TimeProvider.System, NullLogger<ImageImporter>.Instance);
            foreach (var file in parsed.GetValue(files)!)
            {
                await LoadAsync(importer, file, parsed.GetValue(name), stop).ConfigureAwait(false);
            }
        }));
        return command;
    }

    private static async Task LoadAsync(ImageImporter importer, string file, string? name, CancellationToken stop)
    {
        try
        {
            var archive = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
            await using (archive.ConfigureAwait(false))
            {
                foreach (var image in await importer.ImportAsync(archive, name, stop).ConfigureAwait(false))
                {
                    Console.WriteLine($"loaded {image}");
                }
            }
        }
        catch (Exception e) when (e is ImageArchiveException or IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"{(file == "-" ? "standard input" : file)} was not loaded: {e.Message}", e);
        }
    }

    private static Command List()
    {
        var dataDir = SharedOptions.DataDir();
        var command = new Command("ls", "Lists the images on this machine.") { dataDir };
        command.SetAction((parsed, stop) => WithRuntimeAsync(parsed.GetValue(dataDir)!, async (_, runtime) =>
        {
            var rows = (await runtime.ListImagesAsync(stop).ConfigureAwait(false))
                .SelectMany(i => (i.RepoTags.Count > 0 ? i.RepoTags : [i.Id]).Select(tag => (Tag: tag, Id: ShortId(i.Id), Size: Size(i.Size))))
                .OrderBy(r => r.Tag, StringComparer.Ordinal).ToList();
            var width = rows.Select(r => r.Tag.Length).Append(5).Max();
            Console.WriteLine($"{"IMAGE".PadRight(width)}  {"ID",-12}  SIZE");
            foreach (var (tag, id, size) in rows)
            {
                Console.WriteLine($"{tag.PadRight(width)}  {id,-12}  {size}");
            }
        }));
        return command;
    }

    private static Command Remove()
    {
        var dataDir = SharedOptions.DataDir();
        var names = new Argument<string[]>("IMAGE") { Description = "Names as 'gantry image ls' shows them.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("rm", "Removes images. Containers that use one go on; a new one will need it again.") { names, dataDir };
        command.SetAction((parsed, stop) => WithRuntimeAsync(parsed.GetValue(dataDir)!, async (_, runtime) =>
        {
            foreach (var name in parsed.GetValue(names)!)
            {
                if (await runtime.ImageStatusAsync(name, stop).ConfigureAwait(false) is null)
                {
                    throw new CommandFailure($"there is no image {name} on this machine; 'gantry image ls' shows those that are");
                }

                await runtime.RemoveImageAsync(name, stop).ConfigureAwait(false);
                Console.WriteLine($"removed {name}");
            }
        }));
        return command;
    }

    private static async Task<int> WithRuntimeAsync(string dataDir, Func<IGrpcChannel, IContainerRuntime, Task> work)
    {
        var folder = new DataFolder(dataDir);
        var socket = NodeFolders.Runtime(folder).Socket;
        if (!File.Exists(socket))
        {
            throw new CommandFailure($"no container runtime runs for {folder.Root} ({socket} does not exist); start the cluster with 'gantry server{folder.Option}'");
        }

        using var channel = new UnixGrpcChannel(socket, TimeProvider.System);
        try
        {
            await work(channel, new CriRuntime(channel)).ConfigureAwait(false);
        }
        catch (GrpcException e)
        {
            throw new CommandFailure($"the container runtime at {socket} refused: {e.Message}", e);
        }

        return 0;
    }

    private static string ShortId(string id) => id.Replace("sha256:", "", StringComparison.Ordinal) is { Length: > 12 } text ? text[..12] : id;

    private static string Size(ulong bytes) => bytes switch
    {
        >= 1_000_000_000 => (bytes / 1e9).ToString("0.00", CultureInfo.InvariantCulture) + " GB",
        >= 1_000_000 => (bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture) + " MB",
        _ => (bytes / 1e3).ToString("0.0", CultureInfo.InvariantCulture) + " kB",
    };
}
