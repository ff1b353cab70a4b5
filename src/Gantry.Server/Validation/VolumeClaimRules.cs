using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>PersistentVolumeClaims.</summary>
public static class VolumeClaimRules
{
    private const string BetaClass = "volume.beta.kubernetes.io/storage-class";

    public static void Claim(FieldErrors errors, V1PersistentVolumeClaim claim, V1PersistentVolumeClaim? old)
    {
        var (at, found) = (FieldPath.Root("spec"), new FieldErrors());
        Spec(found, claim.Spec, at, old?.Spec);
        errors.AddTimes(found, old is null ? 1 : 2);
        if (old is not null)
        {
            Update(errors, claim, old, at);
        }
    }

    private static void Update(FieldErrors errors, V1PersistentVolumeClaim claim, V1PersistentVolumeClaim old, FieldPath at)
    {
        var (now, before) = (claim.Spec, old.Spec);
        var name = Upgraded(errors, claim, old) ? before.StorageClassName : now.StorageClassName;
        // a volume may be bound once, and a bound claim may grow
        var same = now with { StorageClassName = name, VolumeAttributesClassName = before.VolumeAttributesClassName };
        if (claim.Status.Phase == "Bound" && now.Resources.Requests.Count > 0)
        {
            var requests = new Dictionary<string, Gantry.Api.Quantity>(now.Resources.Requests, StringComparer.Ordinal) { ["storage"] = before.Resources.Requests.GetValueOrDefault("storage") };
            same = same with { Resources = now.Resources with { Requests = requests } };
        }

        var expected = before.VolumeName.Length == 0 ? before with { VolumeName = now.VolumeName } : before;
        if (!same.Equals(expected))
        {
            errors.Forbidden(
                at, "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n" + SpecDifference.Between(expected, same, "core.PersistentVolumeClaimSpec"));
        }

        var size = now.Resources.Requests.GetValueOrDefault("storage");
        if (size.CompareTo(before.Resources.Requests.GetValueOrDefault("storage")) < 0 && size.CompareTo(old.Status.Capacity.GetValueOrDefault("storage")) <= 0)
        {
            errors.Forbidden(at.Child("resources").Child("requests").Child("storage"), "field can not be less than status.capacity");
        }

        errors.Immutable(FieldPath.Root("volumeMode"), now.VolumeMode == before.VolumeMode, now.VolumeMode);
        if (now.VolumeAttributesClassName != before.VolumeAttributesClassName)
        {
            errors.Forbidden(at.Child("volumeAttributesClassName"), "update is forbidden when the VolumeAttributesClass feature gate is disabled");
        }
    }

    // A class may be named where none was, and an annotation of old be replaced by the field.
    private static bool Upgraded(FieldErrors errors, V1PersistentVolumeClaim claim, V1PersistentVolumeClaim old)
    {
        var has = old.Metadata.Annotations.TryGetValue(BetaClass, out var before);
        var hasNow = claim.Metadata.Annotations.TryGetValue(BetaClass, out var now);
        var named = old.Spec.StorageClassName is null && claim.Spec.StorageClassName is not null && (!has || claim.Spec.StorageClassName == before);
        if (named && has && (!hasNow || now == before))
        {
            return true;
        }

        errors.Immutable(FieldPath.Root("metadata").Child("annotations").Child(BetaClass), (now ?? "") == (before ?? ""), now ?? "");
        return named;
    }

    /// <summary>What a claim asks for; also in the templates of ephemeral volumes.</summary>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="spec">The claim's spec.</param>
    /// <param name="at">Where it is.</param>
    /// <param name="old">The spec before an update: a group that was wrong already is let pass.</param>
    public static void Spec(FieldErrors errors, V1PersistentVolumeClaimSpec spec, FieldPath at, V1PersistentVolumeClaimSpec? old = null)
    {
        if (spec.AccessModes.Count == 0)
        {
            errors.Required(at.Child("accessModes"), "at least 1 access mode is required");
        }

        SelectorRules.Validate(errors, spec.Selector, at.Child("selector"));
        AccessModes(errors, spec.AccessModes, at);
        var storage = at.Child("resources").Key("storage");
        if (!spec.Resources.Requests.TryGetValue("storage", out var size))
        {
            errors.Required(storage);
        }
        else
        {
            ResourceRules.Positive(errors, size, storage);
        }

        if (spec.StorageClassName is { Length: > 0 } name)
        {
            errors.Invalid(at.Child("storageClassName"), name, Rules.DnsSubdomain(name));
        }

        VolumeMode(errors, spec.VolumeMode, at);
        var anyGroup = old?.DataSource?.ApiGroup is not null || old?.DataSourceRef?.ApiGroup is not null;
        if (spec.DataSource is { } source)
        {
            Source(errors, source.ApiGroup, source.Kind, source.Name, anyGroup, at.Child("dataSource"));
        }

        if (spec.DataSourceRef is { } reference)
        {
            Source(errors, reference.ApiGroup, reference.Kind, reference.Name, anyGroup, at.Child("dataSourceRef"));
            if (reference.Namespace is { Length: > 0 } ns)
            {
                errors.Invalid(at.Child("dataSourceRef").Child("namespace"), ns, Rules.DnsLabel(ns));
            }
        }

        Both(errors, spec, at);
    }

    private static void Both(FieldErrors errors, V1PersistentVolumeClaimSpec spec, FieldPath at)
    {
        if (spec.DataSource is not { } source || spec.DataSourceRef is not { } reference)
        {
            return;
        }

        // Kubernetes prints the path itself there.
        const string Shown = "field.Path{name:\"dataSource\", index:\"\", parent:(*field.Path)(0xc000000000)}";
        if (reference.Namespace is { Length: > 0 })
        {
            errors.InvalidDump(at, Shown, "may not be specified when dataSourceRef.namespace is specified");
        }
        else if (source.ApiGroup != reference.ApiGroup || source.Kind != reference.Kind || source.Name != reference.Name)
        {
            errors.InvalidDump(at, Shown, "must match dataSourceRef");
        }
    }

    /// <summary>How the volume's content is seen, alike for claims and volumes.</summary>
    internal static void VolumeMode(FieldErrors errors, string? mode, FieldPath at)
    {
        if (mode is not null)
        {
            errors.OneOf(at.Child("volumeMode"), mode, "Block", "Filesystem");
        }
    }

    /// <summary>Access modes, alike for claims and volumes.</summary>
    internal static void AccessModes(FieldErrors errors, IReadOnlyList<string> modes, FieldPath at)
    {
        var (alone, others) = (false, false);
        foreach (var access in modes)
        {
            errors.OneOf(at.Child("accessModes"), access, "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod");
            alone |= access == "ReadWriteOncePod";
            others |= access is "ReadOnlyMany" or "ReadWriteMany" or "ReadWriteOnce";
        }

        if (alone && others)
        {
            errors.Forbidden(at.Child("accessModes"), "may not use ReadWriteOncePod with other access modes");
        }
    }

    private static void Source(FieldErrors errors, string? group, string kind, string name, bool anyGroup, FieldPath at)
    {
        VolumeSourceRules.Needs(errors, at, ("name", name), ("kind", kind));
        if (string.IsNullOrEmpty(group))
        {
            if (kind != "PersistentVolumeClaim")
            {
                errors.Invalid(at, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
            }
        }
        else if (!anyGroup)
        {
            errors.Invalid(at.Child("apiGroup"), group, Rules.DnsSubdomain(group));
        }
    }

    public static void Status(FieldErrors errors, V1PersistentVolumeClaim claim)
    {
        var at = FieldPath.Root("status");
        if (claim.Spec.AccessModes.Count == 0)
        {
            errors.Required(FieldPath.Root("Spec").Child("accessModes"));
        }

        foreach (var (name, value) in claim.Status.Capacity)
        {
            Basic(errors, value, at.Child("capacity").Key(name));
        }

        foreach (var (name, state) in claim.Status.AllocatedResourceStatuses)
        {
            Key(errors, name, at.Child("allocatedResourceStatus"));
            if (state is not ("ControllerResizeInProgress" or "ControllerResizeInfeasible" or "NodeResizePending" or "NodeResizeInProgress" or "NodeResizeInfeasible"))
            {
                errors.Add(Statuses.FieldError.NotSupported(
                    at.Child("allocatedResourceStatus").ToString(), name, ["ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizeInProgress", "NodeResizeInfeasible", "NodeResizePending"]));
            }
        }

        foreach (var (name, value) in claim.Status.AllocatedResources)
        {
            var before = errors.Count;
            Key(errors, name, at.Child("allocatedResources"));
            if (errors.Count == before)
            {
                Basic(errors, value, at.Child("allocatedResources").Key(name));
            }
        }
    }

    internal static void Basic(FieldErrors errors, Gantry.Api.Quantity value, FieldPath at)
    {
        if (value.Value < 0)
        {
            errors.Invalid(at, value.Value, "must be a valid resource quantity");
        }
    }

    private static void Key(FieldErrors errors, string name, FieldPath at)
    {
        var before = errors.Count;
        errors.Invalid(at, name, Rules.QualifiedName(name));
        if (errors.Count == before && ResourceRules.IsNative(name))
        {
            errors.OneOf(at, name, "storage");
        }
    }
}
