namespace Gantry.Scheduler.Facts;

/// <summary>A Service, ReplicationController, ReplicaSet or StatefulSet: its selector spreads its pods when they name no constraint of their own.</summary>
/// <param name="Kind">The API kind.</param>
public sealed record WorkloadFact(string Kind, string Namespace, string Name, Selector Selector)
{
    public string OwnerKey => $"{Kind}/{Name}";
}
