namespace Gantry.Server.Registry;

/// <summary>One try to read what could not be read: whoever wants it asks for the try and waits until it is over; the reader of the feed, who alone may change caches, makes it.</summary>
internal sealed class RereadRound
{
    public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
