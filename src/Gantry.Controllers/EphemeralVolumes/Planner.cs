using Gantry.Api.Models;
using Gantry.Control;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.EphemeralVolumes;

/// <summary>Makes the claims of volumes that live and die with their pod. Pure.</summary>
public static class EphemeralVolumePlanner
{
    /// <param name="pod">A pod.</param>
    /// <param name="find">The claim of that name in the pod's namespace, or null.</param>
    public static IReadOnlyList<Intent> Plan(V1Pod pod, Func<string, V1PersistentVolumeClaim?> find)
    {
        if (!PodFacts.IsActive(pod))
        {
            return [];
        }

        var intents = new List<Intent>();
        foreach (var volume in pod.Spec.Volumes)
        {
            if (volume.Ephemeral?.VolumeClaimTemplate is not { } template)
            {
                continue;
            }

            var name = pod.Metadata.Name + "-" + volume.Name;
            if (find(name) is not { } present)
            {
                intents.Add(new Create<V1PersistentVolumeClaim>(Claim(pod, name, template)));
            }
            else if (!Owners.IsControlledBy(present, pod))
            {
                // Somebody else's claim of that name must not be used, and must not be taken over either.
                intents.Add(new Tell(
                    ObjectReferences.To(pod), "Warning", "EphemeralVolumeFailed",
                    $"ephemeral volume {volume.Name}: PVC {pod.Metadata.Namespace}/{name} was not created for pod {pod.Metadata.Namespace}/{pod.Metadata.Name} (pod is not owner)"));
            }
        }

        return intents;
    }

    private static V1PersistentVolumeClaim Claim(V1Pod pod, string name, V1PersistentVolumeClaimTemplate template) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Namespace = pod.Metadata.Namespace,
            Name = name,
            Labels = template.Metadata.Labels,
            Annotations = template.Metadata.Annotations,
            OwnerReferences = [Owners.Reference(pod)],
        },
        Spec = template.Spec,
    };
}
