using System.IO.Pipelines;
using Microsoft.Win32.SafeHandles;

namespace Gantry.Node.Logs;

/// <summary>Reads a container's log to a client, and goes on with it until the container has ended, across rotations.</summary>
public sealed class LogReader
{
    private static readonly TimeSpan ShortestLook = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(2);

    private readonly FileWatches _watches;
    private readonly TimeProvider _clock;

    public LogReader(FileWatches watches, TimeProvider clock)
    {
        _watches = watches;
        _clock = clock;
    }

    /// <summary>Writes the selected lines; without follow, those that are there when it begins.</summary>
    /// <param name="source">The log.</param>
    /// <param name="options">What to write.</param>
    /// <param name="output">The client's; flushed whenever there is nothing more to read.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="IOException">The file cannot be read, or the client has gone.</exception>
    public async Task CopyAsync(LogSource source, LogOptions options, PipeWriter output, CancellationToken ct)
    {
        // 1. Watch before the first look at anything: whatever happens after a look is then announced.
        using var watch = options.Follow ? _watches.Watch(source.Path) : null;
        var selection = new LogSelection(options);
        var file = Open(source.Path);
        try
        {
            var cursor = file is null ? null : new LogCursor(file, StartOf(file, options));
            if (watch is null)
            {
                if (cursor is not null)
                {
                    await cursor.DrainAsync(selection, output, RandomAccess.GetLength(file!), ct);
                    cursor.Finish(selection, output);
                    await output.FlushAsync(ct);
                }

                return;
            }

            file = null;
            await FollowAsync(source, watch, cursor, selection, output, ct);
        }
        finally
        {
            file?.Dispose();
        }
    }

    private static long StartOf(SafeFileHandle file, LogOptions options) =>
        options.TailLines is { } lines ? LogTail.Find(file, RandomAccess.GetLength(file), lines) : 0;

    private static SafeFileHandle? Open(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private async Task FollowAsync(LogSource source, FileWatch watch, LogCursor? cursor, LogSelection selection, PipeWriter output, CancellationToken ct)
    {
        try
        {
            var (ask, closed, look) = (true, false, ShortestLook);
            while (true)
            {
                // 2. Ask first, read then: what a container wrote before it ended is in the file when the answer is no.
                var ended = ask && !await source.RunningAsync(ct);
                cursor ??= Open(source.Path) is { } created ? new LogCursor(created, 0) : null;
                if (cursor is not null)
                {
                    await cursor.DrainAsync(selection, output, long.MaxValue, ct);
                }

                await LogCursor.FlushAsync(output, ct);
                // 3. A rotated log is left when the new file has something, for then the writer has left the old one too.
                if (cursor is not null && Successor(source.Path, cursor) is { } next)
                {
                    await cursor.DrainAsync(selection, output, long.MaxValue, ct);
                    cursor.Dispose();
                    cursor = new LogCursor(next, 0);
                    continue;
                }

                if (ended || selection.Full)
                {
                    cursor?.Finish(selection, output);
                    await output.FlushAsync(ct);
                    return;
                }

                // 4. A writer that closed the file is a container that ends, though the runtime may not know yet, or a runtime that restarts.
                var signs = closed ? await WaitShortlyAsync(watch, look, ct) : await watch.WaitAsync(ct);
                look = closed ? TimeSpan.FromTicks(Math.Min(look.Ticks * 2, LongestLook.Ticks)) : ShortestLook;
                closed = (signs & FileSigns.Closed) != 0 || (closed && signs == FileSigns.None);
                ask = closed;
            }
        }
        finally
        {
            cursor?.Dispose();
        }
    }

    private async Task<FileSigns> WaitShortlyAsync(FileWatch watch, TimeSpan limit, CancellationToken ct)
    {
        using var time = new CancellationTokenSource(limit, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, time.Token);
        try
        {
            return await watch.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return FileSigns.None;
        }
    }

    private static SafeFileHandle? Successor(string path, LogCursor cursor)
    {
        var other = Open(path);
        if (other is not null && RandomAccess.GetLength(other) > 0 && !FileIdentity.Same(other, cursor.File))
        {
            return other;
        }

        other?.Dispose();
        return null;
    }
}
