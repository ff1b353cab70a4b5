namespace Gantry.Node.Pods;

/// <summary>Why a container could not be started, and when the next try is due.</summary>
/// <param name="Reason">For the waiting state, such as ImagePullBackOff.</param>
/// <param name="Message">For the pod's user.</param>
/// <param name="Until">No try before; the least value for a try at the next look.</param>
public sealed record ContainerTrouble(string Reason, string Message, DateTimeOffset Until)
{
    /// <summary>It waits for an image, which may come by another way than a pull.</summary>
    public bool IsOfImage => Reason is "ErrImagePull" or "ImagePullBackOff" or "ErrImageNeverPull";

    /// <summary>The container was made and has ended: its restart waits as that of any other that ended.</summary>
    public bool WasMade { get; init; }
}
