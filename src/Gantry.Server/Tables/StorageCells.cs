using Gantry.Api.Models;
using Gantry.Api.Trees;

namespace Gantry.Server.Tables;

/// <summary>The cells of volumes and what provides them.</summary>
internal static class StorageCells
{
    private static readonly (string Mode, string Short)[] Modes =
        [("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"), ("ReadWriteOncePod", "RWOP")];

    public static IReadOnlyList<Tree> Volume(V1PersistentVolume o, string age) =>
    [
        o.Metadata.Name, Storage(o.Spec.Capacity), AccessModes(o.Spec.AccessModes), o.Spec.PersistentVolumeReclaimPolicy,
        o.Metadata.DeletionTimestamp is null ? o.Status.Phase : "Terminating",
        o.Spec.ClaimRef is { } claim ? claim.Namespace + "/" + claim.Name : "",
        Class(o.Metadata, o.Spec.StorageClassName), o.Spec.VolumeAttributesClassName ?? CellText.Unset, o.Status.Reason, age, o.Spec.VolumeMode ?? CellText.Unset,
    ];

    public static IReadOnlyList<Tree> Claim(V1PersistentVolumeClaim o, string age)
    {
        var isBound = o.Spec.VolumeName.Length > 0;
        return
        [
            o.Metadata.Name, o.Metadata.DeletionTimestamp is null ? o.Status.Phase : "Terminating", o.Spec.VolumeName,
            isBound ? Storage(o.Status.Capacity) : "", isBound ? AccessModes(o.Status.AccessModes) : "",
            Class(o.Metadata, o.Spec.StorageClassName), o.Spec.VolumeAttributesClassName ?? CellText.Unset, age, o.Spec.VolumeMode ?? CellText.Unset,
        ];
    }

    public static IReadOnlyList<Tree> StorageClass(V1StorageClass o, string age)
    {
        bool Says(string annotation) => o.Metadata.Annotations.GetValueOrDefault(annotation) == "true";
        var isDefault = Says("storageclass.kubernetes.io/is-default-class") || Says("storageclass.beta.kubernetes.io/is-default-class");
        return
        [
            o.Metadata.Name + (isDefault ? " (default)" : ""), o.Provisioner, o.ReclaimPolicy ?? "Delete", o.VolumeBindingMode ?? "Immediate",
            o.AllowVolumeExpansion ?? false, age,
        ];
    }

    public static IReadOnlyList<Tree> Driver(V1CSIDriver o, string age) =>
    [
        o.Metadata.Name, o.Spec.AttachRequired ?? true, o.Spec.PodInfoOnMount ?? false, o.Spec.StorageCapacity ?? false,
        o.Spec.TokenRequests.Count == 0 ? CellText.Unset : string.Join(",", o.Spec.TokenRequests.Select(t => t.Audience)),
        o.Spec.RequiresRepublish ?? false, CellText.OrNone(string.Join(",", o.Spec.VolumeLifecycleModes)), age,
    ];

    public static IReadOnlyList<Tree> Attachment(V1VolumeAttachment o, string age) =>
    [
        o.Metadata.Name, o.Spec.Attacher, o.Spec.Source.PersistentVolumeName ?? "", o.Spec.NodeName, o.Status.Attached, age,
    ];

    private static string Class(V1ObjectMeta metadata, string? name) =>
        metadata.Annotations.GetValueOrDefault("volume.beta.kubernetes.io/storage-class") ?? name ?? "";

    private static string Storage(IReadOnlyDictionary<string, Api.Quantity> amounts) => amounts.TryGetValue("storage", out var amount) ? amount.ToString() : "0";

    private static string AccessModes(IReadOnlyList<string> modes) =>
        string.Join(",", Modes.Where(m => modes.Contains(m.Mode, StringComparer.Ordinal)).Select(m => m.Short));
}
