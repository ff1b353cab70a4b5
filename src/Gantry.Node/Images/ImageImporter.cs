using System.Globalization;
using System.Text.Json;
using Gantry.Node.ContainerdApi;
using Gantry.Node.Grpc;
using Gantry.Node.Runtime;
using Microsoft.Extensions.Logging;

namespace Gantry.Node.Images;

/// <summary>
/// Loads image archives (OCI layout, or what `docker save` writes) into containerd: blobs into the content store, then one
/// image record a name. CRI sees the record by containerd's events and unpacks the layers when the first container wants them.
/// </summary>
public sealed class ImageImporter
{
    private static readonly TimeSpan LeaseTime = TimeSpan.FromHours(1);
    private static readonly TimeSpan VisibleLimit = TimeSpan.FromSeconds(15);

    private readonly IGrpcChannel _channel;
    private readonly IContainerRuntime _runtime;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    public ImageImporter(IGrpcChannel channel, IContainerRuntime runtime, TimeProvider clock, ILogger<ImageImporter> log)
    {
        _channel = channel;
        _runtime = runtime;
        _clock = clock;
        _log = log;
    }

    /// <summary>Imports every image of the archive and returns their full names, once CRI knows them.</summary>
    /// <param name="archive">A tar, gzipped or not (gzip is recognised when the stream can seek).</param>
    /// <param name="name">The name for an archive with one nameless image; null: the archive's own names.</param>
    /// <exception cref="ImageArchiveException">The archive is damaged, of an unknown kind, or nameless.</exception>
    public async Task<IReadOnlyList<string>> ImportAsync(Stream archive, string? name, CancellationToken ct)
    {
        var store = new ContentStore(_channel, $"gantry-import-{Guid.NewGuid():N}");
        await store.OpenLeaseAsync(_clock.GetUtcNow() + LeaseTime, ct);
        try
        {
            var files = await new ArchiveReader(store, Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)).ReadAsync(archive, ct);
            var images = Targets(files, name);
            foreach (var (full, target) in images)
            {
                await WriteTreeAsync(store, target, files.Values.DistinctBy(b => b.Digest).ToDictionary(b => b.Digest, StringComparer.Ordinal), ct);
                await store.TagAsync(full, new BlobDescriptor { MediaType = target.MediaType, Digest = target.Digest, Size = target.Size }, ct);
                await WaitVisibleAsync(full, ct);
                RuntimeLog.Imported(_log, full, target.Digest);
            }

            return [.. images.Select(i => i.Name)];
        }
        catch (InvalidDataException damaged)
        {
            throw new ImageArchiveException($"the archive is damaged: {damaged.Message}");
        }
        catch (EndOfStreamException)
        {
            throw new ImageArchiveException("the archive ends too early");
        }
        catch (JsonException damaged)
        {
            throw new ImageArchiveException($"the archive holds a damaged description: {damaged.Message}");
        }
        finally
        {
            await store.CloseLeaseAsync(CancellationToken.None);
        }
    }

    private static List<(string Name, Target Target)> Targets(IReadOnlyDictionary<string, Blob> files, string? name)
    {
        if (files.TryGetValue("index.json", out var index))
        {
            return OciTargets.Read(index, name);
        }

        return files.ContainsKey("manifest.json")
            ? DockerTargets.Read(files, name)
            : throw new ImageArchiveException("neither index.json (OCI) nor manifest.json (docker save) is in the archive");
    }

    /// <summary>Writes the blob and all that it refers to, children first, each with the labels by which containerd's collector follows them.</summary>
    private static async Task WriteTreeAsync(ContentStore store, Target target, Dictionary<string, Blob> blobs, CancellationToken ct)
    {
        var content = target.Content ?? (blobs.TryGetValue(target.Digest, out var blob) ? blob.Content : null)
            ?? throw new ImageArchiveException($"the blob {target.Digest} is missing");
        using var json = JsonDocument.Parse(content);
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        if (MediaTypes.IsIndex(target.MediaType))
        {
            var number = 0;
            foreach (var child in json.RootElement.GetProperty("manifests").EnumerateArray().Select(Target.Read).Where(c => blobs.ContainsKey(c.Digest)))
            {
                // Manifests of other platforms are often left out of an archive; those that are there are kept.
                labels[string.Create(CultureInfo.InvariantCulture, $"containerd.io/gc.ref.content.m.{number++}")] = child.Digest;
                await WriteTreeAsync(store, child, blobs, ct);
            }
        }
        else
        {
            labels["containerd.io/gc.ref.content.config"] = await LeafAsync(store, json.RootElement.GetProperty("config"), blobs, ct);
            var number = 0;
            foreach (var layer in json.RootElement.GetProperty("layers").EnumerateArray())
            {
                labels[string.Create(CultureInfo.InvariantCulture, $"containerd.io/gc.ref.content.l.{number++}")] = await LeafAsync(store, layer, blobs, ct);
            }
        }

        await store.WriteAsync(content, target.Digest, labels, ct);
    }

    private static async Task<string> LeafAsync(ContentStore store, JsonElement descriptor, Dictionary<string, Blob> blobs, CancellationToken ct)
    {
        var digest = descriptor.GetProperty("digest").GetString() ?? "";
        if (!blobs.TryGetValue(digest, out var blob))
        {
            throw new ImageArchiveException($"the blob {digest} is missing");
        }

        if (blob.Content is { } content)
        {
            await store.WriteAsync(content, digest, new Dictionary<string, string>(StringComparer.Ordinal), ct);
        }

        return digest;
    }

    private async Task WaitVisibleAsync(string name, CancellationToken ct)
    {
        var from = _clock.GetTimestamp();
        while (await _runtime.ImageStatusAsync(name, ct) is null)
        {
            if (_clock.GetElapsedTime(from) > VisibleLimit)
            {
                throw new ImageArchiveException($"containerd does not accept {name}: the archive may lack this machine's platform");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), _clock, ct);
        }
    }
}
