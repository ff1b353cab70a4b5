namespace Gantry.Store;

/// <summary>Something a caller waits for the writer to do.</summary>
internal abstract class Request
{
    /// <summary>The caller's answer is a failure.</summary>
    public abstract void Fail(Exception cause);

    public sealed class Commit(StoreTransaction transaction) : Request
    {
        private readonly TaskCompletionSource<CommitResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public StoreTransaction Transaction { get; } = transaction;

        public CommitResult? Result { get; set; }

        public Task<CommitResult> Done => _done.Task;

        public void Complete(CommitResult result) => _done.TrySetResult(result);

        public override void Fail(Exception cause) => _done.TrySetException(cause);
    }

    /// <summary>Compacts to a revision, or to an age when <paramref name="age"/> is set.</summary>
    public sealed class Compact(Revision upTo, TimeSpan? age) : Request
    {
        private readonly TaskCompletionSource<Revision> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Revision UpTo { get; set; } = upTo;

        public TimeSpan? Age { get; } = age;

        public Task<Revision> Done => _done.Task;

        public void Complete(Revision oldest) => _done.TrySetResult(oldest);

        public override void Fail(Exception cause) => _done.TrySetException(cause);
    }

    /// <summary>Puts every write that is only in memory into the journal.</summary>
    public sealed class Flush : Request
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Done => _done.Task;

        public void Complete() => _done.TrySetResult();

        public override void Fail(Exception cause) => _done.TrySetException(cause);
    }

    /// <summary>A timer rang: look what is due.</summary>
    public sealed class Wake : Request
    {
        public static readonly Wake Instance = new();

        public override void Fail(Exception cause)
        {
        }
    }
}
