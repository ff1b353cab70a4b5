namespace Gantry.Node.Pods;

/// <summary>An image is not there and could not be had.</summary>
public sealed class ImageTroubleException : Exception
{
    /// <param name="reason">For the container's waiting state.</param>
    /// <param name="message">For the pod's user.</param>
    /// <param name="until">No try before.</param>
    /// <param name="inner">The cause.</param>
    public ImageTroubleException(string reason, string message, DateTimeOffset until, Exception? inner = null) : base(message, inner)
    {
        Reason = reason;
        Until = until;
    }

    public string Reason { get; }

    public DateTimeOffset Until { get; }
}
