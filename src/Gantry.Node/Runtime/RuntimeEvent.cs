namespace Gantry.Node.Runtime;

/// <summary>Something happened to a container's main process.</summary>
public readonly record struct RuntimeEvent(string ContainerId, RuntimeEventKind Kind);
