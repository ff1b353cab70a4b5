namespace Gantry.Scheduler.Facts;

/// <summary>A storage class.</summary>
/// <param name="WaitsForConsumer">volumeBindingMode WaitForFirstConsumer.</param>
/// <param name="Provisions">False for <c>kubernetes.io/no-provisioner</c>: only volumes that exist can be used.</param>
/// <param name="AllowedTopologies">Nodes new volumes may be made for; null for all.</param>
public sealed record StorageClassFact(string Name, bool WaitsForConsumer, bool Provisions, NodeTerm[]? AllowedTopologies);
