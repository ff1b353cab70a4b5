namespace Gantry.Node.Volumes;

/// <summary>One file of a volume that is made of API objects.</summary>
/// <param name="Path">Relative, with forward slashes.</param>
/// <param name="Content">The bytes.</param>
/// <param name="Mode">Permissions, without the file type.</param>
/// <param name="User">The owner; null: root.</param>
public sealed record VolumeFile(string Path, ReadOnlyMemory<byte> Content, int Mode, long? User = null);
