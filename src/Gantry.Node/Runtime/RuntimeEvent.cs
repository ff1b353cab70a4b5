namespace Gantry.Node.Runtime;

/// <summary>Something happened to a container's main process, or to the images (then the id is empty).</summary>
public readonly record struct RuntimeEvent(string ContainerId, RuntimeEventKind Kind);
