namespace Gantry.Controllers.LocalVolumes;

/// <summary>Where volumes are made for claims that ask for storage on the machine itself.</summary>
/// <param name="Directory">The folder that holds a folder for each volume, absolute.</param>
/// <param name="Node">The node whose disk that is: the one of this process.</param>
public sealed record LocalVolumeOptions(string Directory, string Node);
