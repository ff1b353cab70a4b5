namespace Gantry.Scheduler.Facts;

/// <summary>A persistent volume claim. <paramref name="VolumeName"/> is empty while it is unbound.</summary>
/// <param name="BindingCompleted">The claim's controller finished binding it.</param>
/// <param name="Terminating">Being deleted; pods must not start on it.</param>
/// <param name="Lost">Its volume vanished.</param>
/// <param name="ClassName">Storage class; empty for none.</param>
/// <param name="SelectedNode">Node an earlier decision chose for provisioning; empty for none.</param>
/// <param name="Requested">Bytes asked for.</param>
/// <param name="AccessModes">Sorted access modes it needs.</param>
/// <param name="Selector">Which volumes it accepts.</param>
public sealed record ClaimFact(
    string Namespace,
    string Name,
    string VolumeName,
    bool BindingCompleted,
    bool Terminating,
    bool Lost,
    string ClassName,
    string SelectedNode,
    long Requested,
    string[] AccessModes,
    Selector Selector);
