namespace Gantry.Node.Containers;

/// <summary>The addresses that a pod's downward API shows. Empty lists before they are known.</summary>
public sealed record PodAddresses(IReadOnlyList<string> Pod, IReadOnlyList<string> Host)
{
    public static PodAddresses None { get; } = new([], []);
}
