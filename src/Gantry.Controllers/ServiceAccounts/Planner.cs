using Gantry.Api.Models;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.ServiceAccounts;

/// <summary>Decides whether a namespace needs its default ServiceAccount. Pure.</summary>
public static class ServiceAccountPlanner
{
    public const string Default = "default";

    public static IReadOnlyList<Intent> Plan(V1Namespace? ns, V1ServiceAccount? present) =>
        ns is null || ns.Metadata.DeletionTimestamp is not null || ns.Status.Phase == "Terminating" || present is not null
            ? []
            : [new Create<V1ServiceAccount>(new V1ServiceAccount { Metadata = new V1ObjectMeta { Namespace = ns.Metadata.Name, Name = Default } }) { OrExists = true }];
}
