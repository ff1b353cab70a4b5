namespace Gantry.Node.Volumes;

/// <summary>A volume in its place.</summary>
/// <param name="Name">The pod's name for it.</param>
/// <param name="HostPath">Where it lies on the machine.</param>
/// <param name="ReadOnly">Whether it must not be written through any mount.</param>
public sealed record PodVolume(string Name, string HostPath, bool ReadOnly);
