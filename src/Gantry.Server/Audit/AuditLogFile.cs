using System.Globalization;
using System.IO.Compression;

namespace Gantry.Server.Audit;

/// <summary>
/// A file that is put aside when it grows too large: <c>audit-2026-01-02T15-04-05.000.log</c> beside <c>audit.log</c>, in UTC. Files put aside go when they
/// are too old or too many. Mode 0600. Not safe for several threads.
/// </summary>
public sealed class AuditLogFile : IDisposable
{
    private const string Stamp = "yyyy-MM-dd'T'HH-mm-ss.fff";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly AuditLogOptions _options;
    private readonly TimeProvider _clock;
    private readonly long _limit;
    private FileStream? _file;

    public AuditLogFile(AuditLogOptions options, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        _limit = (options.MaxSizeMegabytes == 0 ? AuditLogOptions.UsualSizeMegabytes : options.MaxSizeMegabytes) * 1024L * 1024;
    }

    /// <summary>Appends lines and hands them to the system.</summary>
    /// <exception cref="IOException">The disk is full or the file cannot be opened.</exception>
    public void Write(ReadOnlySpan<byte> lines)
    {
        _file ??= Open();
        if (_file.Length > 0 && _file.Length + lines.Length > _limit)
        {
            PutAside();
        }

        _file.Write(lines);
        _file.Flush();
    }

    public void Dispose() => _file?.Dispose();

    private FileStream Open()
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(_options.Path))!;
        if (!Directory.Exists(folder))
        {
            Certificates.PkiFiles.MakeDirectory(folder);
        }

        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return new FileStream(_options.Path, options);
    }

    private void PutAside()
    {
        _file!.Dispose();
        _file = null;
        var (folder, name, extension) = Parts();
        var aside = Path.Combine(folder, $"{name}-{_clock.GetUtcNow().UtcDateTime.ToString(Stamp, CultureInfo.InvariantCulture)}{extension}");
        File.Move(_options.Path, aside, overwrite: true);
        if (_options.Compress)
        {
            Compress(aside);
        }

        Clean();
        _file = Open();
    }

    private static void Compress(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using (var from = File.OpenRead(path))
        using (var to = new FileStream(path + ".gz", options))
        using (var gzip = new GZipStream(to, CompressionLevel.Fastest))
        {
            from.CopyTo(gzip);
        }

        File.Delete(path);
    }

    private void Clean()
    {
        var (folder, name, extension) = Parts();
        var aside = Directory.EnumerateFiles(folder, name + "-*").Select(f => (Path: f, Time: TimeOf(Path.GetFileName(f), name, extension)))
            .Where(f => f.Time is not null).OrderByDescending(f => f.Time).ToList();
        var oldest = _options.MaxAgeDays == 0 ? DateTimeOffset.MinValue : _clock.GetUtcNow().AddDays(-_options.MaxAgeDays);
        for (var i = 0; i < aside.Count; i++)
        {
            if (aside[i].Time < oldest || (_options.MaxBackups > 0 && i >= _options.MaxBackups))
            {
                File.Delete(aside[i].Path);
            }
        }
    }

    private (string Folder, string Name, string Extension) Parts() =>
        (Path.GetDirectoryName(Path.GetFullPath(_options.Path))!, Path.GetFileNameWithoutExtension(_options.Path), Path.GetExtension(_options.Path));

    private static DateTimeOffset? TimeOf(string file, string name, string extension)
    {
        var plain = file.EndsWith(".gz", StringComparison.Ordinal) ? file[..^3] : file;
        return plain.EndsWith(extension, StringComparison.Ordinal)
            && DateTimeOffset.TryParseExact(plain[(name.Length + 1)..^extension.Length], Stamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time : null;
    }
}
