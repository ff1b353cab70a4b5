using Gantry.Api.Models;
using Gantry.Server.Statuses;

namespace Gantry.Server.Subresources;

/// <summary>Which container of a pod a request is about.</summary>
internal static class PodContainers
{
    /// <summary>The container asked for if the pod has it; its only one if none was asked for.</summary>
    public static (string Container, ApiStatus? Refusal) Choose(V1Pod pod, string asked)
    {
        var name = pod.Metadata.Name;
        if (asked.Length > 0)
        {
            var known = pod.Spec.Containers.Any(c => c.Name == asked) || pod.Spec.InitContainers.Any(c => c.Name == asked)
                || pod.Spec.EphemeralContainers.Any(c => c.Name == asked);
            return known ? (asked, null) : ("", ApiStatus.BadRequest($"container {asked} is not valid for pod {name}"));
        }

        switch (pod.Spec.Containers.Count)
        {
            case 1:
                return (pod.Spec.Containers[0].Name, null);
            case 0:
                return ("", ApiStatus.BadRequest($"a container name must be specified for pod {name}"));
        }

        var names = pod.Spec.InitContainers.Select(c => c.Name).Concat(pod.Spec.Containers.Select(c => c.Name)).Concat(pod.Spec.EphemeralContainers.Select(c => c.Name));
        return ("", ApiStatus.BadRequest($"a container name must be specified for pod {name}, choose one of: [{string.Join(' ', names)}]"));
    }
}
