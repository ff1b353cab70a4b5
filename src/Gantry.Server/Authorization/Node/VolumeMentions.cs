using Gantry.Api.Models;

namespace Gantry.Server.Authorization.Node;

/// <summary>The Secrets a node needs to mount a persistent volume.</summary>
public static class VolumeMentions
{
    /// <summary>Namespace and name of each; the claim's namespace where the volume names none. Those for controllers alone are left out.</summary>
    public static IEnumerable<(string Namespace, string Name)> Of(V1PersistentVolume volume)
    {
        var spec = volume.Spec;
        var fallback = spec.ClaimRef?.Namespace ?? "";
        V1SecretReference?[] references =
        [
            spec.Cephfs?.SecretRef, spec.Cinder?.SecretRef, spec.FlexVolume?.SecretRef, spec.Rbd?.SecretRef, spec.ScaleIO?.SecretRef, spec.Iscsi?.SecretRef,
            spec.Csi?.NodePublishSecretRef, spec.Csi?.NodeStageSecretRef, spec.Csi?.NodeExpandSecretRef,
        ];
        foreach (var reference in references)
        {
            if (reference is { Name.Length: > 0 })
            {
                yield return (reference.Namespace.Length > 0 ? reference.Namespace : fallback, reference.Name);
            }
        }

        if (spec.AzureFile is { SecretName.Length: > 0 } azure)
        {
            yield return (azure.SecretNamespace is { Length: > 0 } ns ? ns : fallback, azure.SecretName);
        }

        if (spec.Storageos?.SecretRef is { Name.Length: > 0 } storage)
        {
            yield return (storage.Namespace.Length > 0 ? storage.Namespace : fallback, storage.Name);
        }
    }
}
