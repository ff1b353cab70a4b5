using Gantry.Api.Models;
using Gantry.Server.CustomResources;
using Gantry.Server.Handling;
using Gantry.Server.Tables;

namespace Gantry.Server.Subresources;

/// <summary>Workloads in the form of autoscaling/v1 Scale, which is all that autoscalers need to know of them.</summary>
internal static class ScaleForm
{
    /// <summary>The scale of a Deployment, ReplicaSet, StatefulSet or ReplicationController.</summary>
    /// <exception cref="ArgumentException">The object is of another kind.</exception>
    public static V1Scale Of(IApiObject workload) => workload switch
    {
        V1Deployment o => Of(o.Metadata, o.Spec.Replicas, o.Status.Replicas, Selector(o.Spec.Selector)),
        V1ReplicaSet o => Of(o.Metadata, o.Spec.Replicas, o.Status.Replicas, Selector(o.Spec.Selector)),
        V1StatefulSet o => Of(o.Metadata, o.Spec.Replicas, o.Status.Replicas, Selector(o.Spec.Selector)),
        V1ReplicationController o => Of(o.Metadata, o.Spec.Replicas, o.Status.Replicas, Selector(new V1LabelSelector { MatchLabels = o.Spec.Selector })),
        _ => throw new ArgumentException($"{workload.GetType().Name} has no scale", nameof(workload)),
    };

    /// <summary>The scale of any object of the resource that has one.</summary>
    public static V1Scale Of(ServedResource resource, IApiObject value) => resource.Custom?.Scale is { } scale && value is CustomObject custom
        ? Of(custom.Metadata, scale.Wanted(custom), scale.Actual(custom), scale.Selector(custom))
        : Of(value);

    private static string Selector(V1LabelSelector? selector) => selector is null ? "" : CellText.SelectorText(selector);

    private static V1Scale Of(V1ObjectMeta metadata, int? wanted, int actual, string selector) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = metadata.Name,
            Namespace = metadata.Namespace,
            Uid = metadata.Uid,
            ResourceVersion = metadata.ResourceVersion,
            CreationTimestamp = metadata.CreationTimestamp,
        },
        Spec = new V1ScaleSpec { Replicas = wanted ?? 0 },
        Status = new V1ScaleStatus { Replicas = actual, Selector = selector },
    };
}
