using System.Formats.Tar;
using System.IO.Compression;

namespace Gantry.Node.Images;

/// <summary>
/// Reads an image archive once, front to back: files above the limit go straight into the content store, smaller ones stay
/// in memory until it is known which of them are manifests.
/// </summary>
internal sealed class ArchiveReader
{
    /// <summary>Manifests and configs are some kilobytes; containerd itself refuses manifests above 8 MiB.</summary>
    private const int InMemory = 4 << 20;

    private readonly ContentStore _store;
    private readonly string _reference;

    public ArchiveReader(ContentStore store, string reference)
    {
        _store = store;
        _reference = reference;
    }

    /// <summary>Path in the archive → blob; links (which docker's older archives use for repeated layers) are resolved.</summary>
    public async Task<IReadOnlyDictionary<string, Blob>> ReadAsync(Stream archive, CancellationToken ct)
    {
        var files = new Dictionary<string, Blob>(StringComparer.Ordinal);
        var links = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var plain = await UnzipAsync(archive, ct);
        await using var tar = new TarReader(plain, leaveOpen: true);
        while (await tar.GetNextEntryAsync(copyData: false, ct) is { } entry)
        {
            var path = Normal(entry.Name);
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
            {
                files[path] = await BlobAsync(entry, path, ct);
            }
            else if (entry.EntryType is TarEntryType.SymbolicLink)
            {
                links[path] = Normal(Path.Combine(Path.GetDirectoryName(path) ?? "", entry.LinkName));
            }
            else if (entry.EntryType is TarEntryType.HardLink)
            {
                links[path] = Normal(entry.LinkName);
            }
        }

        foreach (var (path, target) in links)
        {
            if (files.TryGetValue(target, out var blob))
            {
                files[path] = blob;
            }
        }

        return files;
    }

    private static string Normal(string path) => Path.GetFullPath("/" + path)[1..];

    private static async Task<Stream> UnzipAsync(Stream archive, CancellationToken ct)
    {
        var buffered = new BufferedStream(archive, 1 << 16);
        if (!archive.CanSeek)
        {
            return buffered;
        }

        var magic = new byte[2];
        var count = await archive.ReadAtLeastAsync(magic, 2, throwOnEndOfStream: false, ct);
        archive.Seek(-count, SeekOrigin.Current);
        return magic is [0x1f, 0x8b] ? new GZipStream(archive, CompressionMode.Decompress, leaveOpen: true) : buffered;
    }

    private async Task<Blob> BlobAsync(TarEntry entry, string path, CancellationToken ct)
    {
        var size = entry.Length;
        if (size > InMemory)
        {
            var name = $"{_reference}-{path.Replace('/', '-')}";
            return new Blob(await _store.WriteAsync(entry.DataStream!, size, name, ct), size, null);
        }

        var content = new byte[size];
        if (size > 0)
        {
            await entry.DataStream!.ReadExactlyAsync(content, ct);
        }

        return new Blob(OciArchive.Digest(content), size, content);
    }
}
