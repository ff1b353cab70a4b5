using Gantry.Api.Models;

namespace Gantry.Server.Authorization.Node;

/// <summary>The objects a pod needs on its node.</summary>
public static class PodMentions
{
    private const string Mirror = "kubernetes.io/config.mirror";

    /// <summary>Kind (plural) and name of everything in the pod's namespace that its spec mentions; each once or more often.</summary>
    public static IEnumerable<(string Kind, string Name)> Of(V1Pod pod)
    {
        yield return ("pods", pod.Metadata.Name);
        if (pod.Metadata.Annotations.ContainsKey(Mirror))
        {
            // A node makes mirror pods itself: what they mention must not widen its rights.
            yield break;
        }

        foreach (var mention in OfSpec(pod))
        {
            yield return mention;
        }
    }

    /// <summary>The same, of mirror pods too and without the pod itself.</summary>
    public static IEnumerable<(string Kind, string Name)> OfSpec(V1Pod pod)
    {
        if (pod.Spec.ServiceAccountName.Length > 0)
        {
            yield return ("serviceaccounts", pod.Spec.ServiceAccountName);
        }

        foreach (var secret in pod.Spec.ImagePullSecrets)
        {
            yield return ("secrets", secret.Name);
        }

        var environments = pod.Spec.InitContainers.Concat(pod.Spec.Containers).Select(c => (c.EnvFrom, c.Env))
            .Concat(pod.Spec.EphemeralContainers.Select(c => (c.EnvFrom, c.Env)));
        foreach (var (from, variables) in environments)
        {
            foreach (var mention in OfEnvironment(from, variables))
            {
                yield return mention;
            }
        }

        foreach (var mention in pod.Spec.Volumes.SelectMany(v => OfVolume(pod, v)))
        {
            yield return mention;
        }

        foreach (var claim in pod.Spec.ResourceClaims.Where(c => c.ResourceClaimName?.Length > 0))
        {
            yield return ("resourceclaims", claim.ResourceClaimName!);
        }

        foreach (var claim in pod.Status.ResourceClaimStatuses.Where(c => c.ResourceClaimName?.Length > 0))
        {
            yield return ("resourceclaims", claim.ResourceClaimName!);
        }
    }

    /// <summary>The names of the Secrets that the pod's spec mentions.</summary>
    public static IEnumerable<string> Secrets(V1Pod pod) => OfSpec(pod).Where(m => m.Kind == "secrets").Select(m => m.Name);

    private static IEnumerable<(string Kind, string Name)> OfEnvironment(IReadOnlyList<V1EnvFromSource> from, IReadOnlyList<V1EnvVar> variables)
    {
        foreach (var source in from)
        {
            if (source.SecretRef is not null)
            {
                yield return ("secrets", source.SecretRef.Name);
            }

            if (source.ConfigMapRef is not null)
            {
                yield return ("configmaps", source.ConfigMapRef.Name);
            }
        }

        foreach (var source in variables.Select(v => v.ValueFrom))
        {
            if (source?.SecretKeyRef is not null)
            {
                yield return ("secrets", source.SecretKeyRef.Name);
            }

            if (source?.ConfigMapKeyRef is not null)
            {
                yield return ("configmaps", source.ConfigMapKeyRef.Name);
            }
        }
    }

    private static IEnumerable<(string Kind, string Name)> OfVolume(V1Pod pod, V1Volume volume)
    {
        if (volume.Secret is not null)
        {
            yield return ("secrets", volume.Secret.SecretName);
        }

        if (volume.ConfigMap is not null)
        {
            yield return ("configmaps", volume.ConfigMap.Name);
        }

        if (volume.PersistentVolumeClaim is not null)
        {
            yield return ("persistentvolumeclaims", volume.PersistentVolumeClaim.ClaimName);
        }

        if (volume.Ephemeral is not null)
        {
            yield return ("persistentvolumeclaims", pod.Metadata.Name + "-" + volume.Name);
        }

        foreach (var source in volume.Projected?.Sources ?? [])
        {
            if (source.Secret is not null)
            {
                yield return ("secrets", source.Secret.Name);
            }

            if (source.ConfigMap is not null)
            {
                yield return ("configmaps", source.ConfigMap.Name);
            }
        }

        string?[] others =
        [
            volume.Csi?.NodePublishSecretRef?.Name, volume.Cephfs?.SecretRef?.Name, volume.Cinder?.SecretRef?.Name, volume.FlexVolume?.SecretRef?.Name,
            volume.Iscsi?.SecretRef?.Name, volume.Rbd?.SecretRef?.Name, volume.ScaleIO?.SecretRef?.Name, volume.Storageos?.SecretRef?.Name,
            volume.AzureFile?.SecretName,
        ];
        foreach (var name in others.Where(n => !string.IsNullOrEmpty(n)))
        {
            yield return ("secrets", name!);
        }
    }
}
