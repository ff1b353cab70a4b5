using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Gantry.Node.Logs;

/// <summary>
/// Tells readers of files when something happens to them. One queue of the kernel and one thread serve all readers, and only while there are readers;
/// a watcher object for each would soon meet the kernel's limit of queues. Where the kernel refuses, a slow timer takes its place.
/// </summary>
public sealed class FileWatches
{
    private const uint Mask = Inotify.Modify | Inotify.CloseWrite | Inotify.MovedFrom | Inotify.MovedTo | Inotify.Create | Inotify.Delete | Inotify.OnlyDirectory;
    private const int InterruptedCall = 4;
    private static readonly TimeSpan TimerPeriod = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<int, List<FileWatch>> _byDirectory = [];
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private int _queue = -1;

    public FileWatches(TimeProvider clock, ILogger log)
    {
        _clock = clock;
        _log = log;
    }

    /// <summary>Begins to watch a file, which need not exist; its directory must.</summary>
    public FileWatch Watch(string path)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        lock (_gate)
        {
            var id = AddDirectory(directory, out var error);
            if (id < 0)
            {
                LogsLog.NoNotifications(_log, directory, error);
                return OnTimer(Path.GetFileName(path));
            }

            var watch = new FileWatch(Path.GetFileName(path), w => Release(id, w));
            if (!_byDirectory.TryGetValue(id, out var readers))
            {
                _byDirectory[id] = readers = [];
            }

            readers.Add(watch);
            return watch;
        }
    }

    private int AddDirectory(string directory, out int error)
    {
        if (_queue < 0)
        {
            _queue = Inotify.Open();
            if (_queue < 0)
            {
                error = Marshal.GetLastPInvokeError();
                return -1;
            }

            var queue = _queue;
            new Thread(() => Run(queue)) { IsBackground = true, Name = "log notifications" }.Start();
        }

        // The same directory gives the same number again.
        var id = Inotify.Add(_queue, directory, Mask);
        error = id < 0 ? Marshal.GetLastPInvokeError() : 0;
        return id;
    }

    private FileWatch OnTimer(string name)
    {
        ITimer? timer = null;
        var watch = new FileWatch(name, _ => timer?.Dispose());
        timer = _clock.CreateTimer(_ => watch.Signal(FileSigns.Changed | FileSigns.Closed), null, TimerPeriod, TimerPeriod);
        return watch;
    }

    private void Release(int directory, FileWatch watch)
    {
        lock (_gate)
        {
            if (_byDirectory.TryGetValue(directory, out var readers) && readers.Remove(watch) && readers.Count == 0)
            {
                _byDirectory.Remove(directory);
                // The kernel confirms with an event, which also wakes the thread when it was the last one.
                _ = Inotify.Remove(_queue, directory);
            }
        }
    }

    private void Run(int queue)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var got = Inotify.Read(queue, buffer, buffer.Length);
            if (got < 0 && Marshal.GetLastPInvokeError() == InterruptedCall)
            {
                continue;
            }

            lock (_gate)
            {
                Dispatch(buffer.AsSpan(0, (int)Math.Max(0, got)));
                if (got <= 0)
                {
                    // Readers that are left must not wait for ever; they will look, and later ones get a new queue.
                    SignalAll();
                    _byDirectory.Clear();
                }

                if (_byDirectory.Count == 0)
                {
                    _ = Inotify.Close(queue);
                    _queue = -1;
                    return;
                }
            }
        }
    }

    private void Dispatch(ReadOnlySpan<byte> events)
    {
        // Each event: the watch, what happened, a cookie, the length of the name, the name filled up with zeros.
        while (events.Length >= 16)
        {
            var (id, what) = (MemoryMarshal.Read<int>(events), MemoryMarshal.Read<uint>(events[4..]));
            var length = MemoryMarshal.Read<int>(events[12..]);
            var name = Encoding.UTF8.GetString(events.Slice(16, length).TrimEnd((byte)0));
            events = events[(16 + length)..];
            if ((what & Inotify.Overflow) != 0)
            {
                SignalAll();
                continue;
            }

            if (!_byDirectory.TryGetValue(id, out var readers))
            {
                continue;
            }

            // A directory that is gone takes its notifications along.
            var gone = (what & Inotify.Ignored) != 0;
            foreach (var reader in readers.Where(r => gone || r.Name == name))
            {
                reader.Signal(gone || (what & Inotify.CloseWrite) != 0 ? FileSigns.Changed | FileSigns.Closed : FileSigns.Changed);
            }

            if (gone)
            {
                _byDirectory.Remove(id);
            }
        }
    }

    private void SignalAll()
    {
        foreach (var reader in _byDirectory.Values.SelectMany(r => r))
        {
            reader.Signal(FileSigns.Changed | FileSigns.Closed);
        }
    }
}
