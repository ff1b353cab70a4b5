namespace Gantry.Node.Logs;

/// <summary>One reader's interest in a file. Signs are kept until they are taken, so none is lost between two waits.</summary>
public sealed class FileWatch : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Action<FileWatch> _release;
    private FileSigns _signs;
    private TaskCompletionSource? _waiter;

    internal FileWatch(string name, Action<FileWatch> release)
    {
        Name = name;
        _release = release;
    }

    internal string Name { get; }

    /// <summary>Waits until something has happened and takes it. One waiter at a time.</summary>
    public async Task<FileSigns> WaitAsync(CancellationToken ct)
    {
        while (true)
        {
            TaskCompletionSource waiter;
            lock (_gate)
            {
                if (_signs != FileSigns.None)
                {
                    var taken = _signs;
                    _signs = FileSigns.None;
                    return taken;
                }

                waiter = _waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            await waiter.Task.WaitAsync(ct);
        }
    }

    public void Dispose() => _release(this);

    internal void Signal(FileSigns signs)
    {
        lock (_gate)
        {
            _signs |= signs;
            _waiter?.TrySetResult();
            _waiter = null;
        }
    }
}
