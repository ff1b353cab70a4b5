using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Goes through the containers of a pod, whichever their kind: initial ones first, as Kubernetes does.</summary>
internal static class PodParts
{
    public static IEnumerable<(string Name, V1SecurityContext? Security, FieldPath At)> Containers(V1PodSpec spec, FieldPath at)
    {
        for (var i = 0; i < spec.InitContainers.Count; i++)
        {
            yield return (spec.InitContainers[i].Name, spec.InitContainers[i].SecurityContext, at.Child("initContainers").Index(i));
        }

        for (var i = 0; i < spec.Containers.Count; i++)
        {
            yield return (spec.Containers[i].Name, spec.Containers[i].SecurityContext, at.Child("containers").Index(i));
        }

        for (var i = 0; i < spec.EphemeralContainers.Count; i++)
        {
            yield return (spec.EphemeralContainers[i].Name, spec.EphemeralContainers[i].SecurityContext, at.Child("ephemeralContainers").Index(i));
        }
    }
}
