using Gantry.Api.Models;
using Gantry.Control;

namespace Gantry.Node.Pods;

/// <summary>What events of a pod are about.</summary>
internal static class PodEvents
{
    public static V1ObjectReference Pod(V1Pod pod) => ObjectReferences.To(pod);

    public static V1ObjectReference Container(V1Pod pod, string container) => ObjectReferences.To(pod) with
    {
        FieldPath = $"spec.{(PodSpecs.IsInit(pod, container) ? "initContainers" : PodSpecs.IsEphemeral(pod, container) ? "ephemeralContainers" : "containers")}{{{container}}}",
    };
}
