using System.Text;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Storage drivers, what nodes know of them, and volumes attached by them (<c>storage.k8s.io</c>).</summary>
public static class CsiRules
{
    private const int LongestNodeId = 256;
    private const int LongestDriverName = 63;
    private const int MetadataBytes = 256 * 1024;
    private const int ErrorBytes = 1024;
    private const long ShortestToken = 600;
    private const long LongestToken = 1L << 32;

    public static void Driver(FieldErrors errors, V1CSIDriver driver, V1CSIDriver? old)
    {
        var (spec, at) = (driver.Spec, FieldPath.Root("spec"));

        // This field's name is misspelt in Kubernetes' findings.
        Set(errors, spec.AttachRequired, at.Child("attachedRequired"));
        Set(errors, spec.PodInfoOnMount, at.Child("podInfoOnMount"));
        Set(errors, spec.StorageCapacity, at.Child("storageCapacity"));
        if (spec.FsGroupPolicy is { } policy)
        {
            errors.OneOf(at.Child("fsGroupPolicy"), policy, "File", "None", "ReadWriteOnceWithFSType");
        }

        Tokens(errors, spec.TokenRequests, at.Child("tokenRequests"));
        foreach (var mode in spec.VolumeLifecycleModes)
        {
            errors.OneOf(at.Child("volumeLifecycleModes"), mode, "Persistent", "Ephemeral");
        }

        Set(errors, spec.SeLinuxMount, at.Child("seLinuxMount"));
        if (old is null)
        {
            return;
        }

        errors.Immutable(at.Child("attachedRequired"), spec.AttachRequired == old.Spec.AttachRequired, spec.AttachRequired);
        if (!spec.VolumeLifecycleModes.SequenceEqual(old.Spec.VolumeLifecycleModes, StringComparer.Ordinal))
        {
            errors.InvalidDump(at.Child("volumeLifecycleModes"), GoDump.Texts("storage.VolumeLifecycleMode", spec.VolumeLifecycleModes), Rules.Immutable);
        }
    }

    private static void Set(FieldErrors errors, bool? value, FieldPath at)
    {
        if (value is null)
        {
            errors.Required(at);
        }
    }

    private static void Tokens(FieldErrors errors, IReadOnlyList<StorageV1TokenRequest> requests, FieldPath at)
    {
        var audiences = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < requests.Count; i++)
        {
            var (request, path) = (requests[i], at.Index(i));
            if (!audiences.Add(request.Audience))
            {
                errors.Duplicate(path.Child("audience"), request.Audience);
                continue;
            }

            if (request.ExpirationSeconds < ShortestToken)
            {
                errors.Invalid(path.Child("expirationSeconds"), request.ExpirationSeconds, "may not specify a duration less than 10 minutes");
            }

            if (request.ExpirationSeconds > LongestToken)
            {
                errors.Invalid(path.Child("expirationSeconds"), request.ExpirationSeconds, "may not specify a duration larger than 2^32 seconds");
            }
        }
    }

    public static void Node(FieldErrors errors, V1CSINode node, V1CSINode? old)
    {
        var at = FieldPath.Root("spec").Child("drivers");

        // An update is checked as an object of its own, and then once more as an update.
        for (var times = old is null ? 1 : 2; times > 0; times--)
        {
            Drivers(errors, node.Spec.Drivers, at);
        }

        foreach (var before in old?.Spec.Drivers ?? [])
        {
            foreach (var now in node.Spec.Drivers)
            {
                if (now.Name == before.Name && !now.Equals(before))
                {
                    // The path is the name of the type.
                    errors.InvalidDump(FieldPath.Root("CSINodeDriver"), GoDump.Of(now), Rules.Immutable);
                }
            }
        }
    }

    private static void Drivers(FieldErrors errors, IReadOnlyList<V1CSINodeDriver> drivers, FieldPath at)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < drivers.Count; i++)
        {
            var (driver, path) = (drivers[i], at.Index(i));
            DriverName(errors, driver.Name, path.Child("name"));
            if (driver.NodeID.Length == 0)
            {
                errors.Required(path.Child("nodeID"));
            }

            if (Encoding.UTF8.GetByteCount(driver.NodeID) > LongestNodeId)
            {
                errors.Invalid(path.Child("nodeID"), driver.NodeID, "must be 256 characters or less");
            }

            if (driver.Allocatable?.Count is { } count)
            {
                errors.NotNegative(path.Child("allocatable").Child("count"), (long)count);
            }

            if (!names.Add(driver.Name))
            {
                errors.Duplicate(path.Child("name"), driver.Name);
            }

            TopologyKeys(errors, driver.TopologyKeys, path);
        }
    }

    private static void TopologyKeys(FieldErrors errors, IReadOnlyList<string> keys, FieldPath at)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            if (key.Length == 0)
            {
                errors.Required(at);
            }

            if (!seen.Add(key))
            {
                errors.Duplicate(at, key);
            }

            errors.Invalid(at, key, Rules.QualifiedName(key));
        }
    }

    private static void DriverName(FieldErrors errors, string name, FieldPath at)
    {
        if (name.Length == 0)
        {
            errors.Required(at);
        }

        if (name.Length > LongestDriverName)
        {
            errors.TooLong(at, LongestDriverName);
        }

        errors.Invalid(at, name, Rules.DnsSubdomain(name.ToLowerInvariant()));
    }

    /// <summary>An attachment, of which only the status changes.</summary>
    public static void Attachment(FieldErrors errors, V1VolumeAttachment attachment, V1VolumeAttachment? old)
    {
        // An update is checked as an object of its own, and then once more as an update.
        for (var times = old is null ? 1 : 2; times > 0; times--)
        {
            Attachment(errors, attachment);
        }

        var at = FieldPath.Root("spec");
        if (old is null)
        {
            DriverName(errors, attachment.Spec.Attacher, at.Child("attacher"));
            if (attachment.Spec.Source.PersistentVolumeName is { } volume)
            {
                errors.Invalid(at.Child("source").Child("persistentVolumeName"), volume, Rules.DnsSubdomain(volume));
            }
        }
        else if (!attachment.Spec.Equals(old.Spec))
        {
            errors.InvalidDump(at, GoDump.Of(attachment.Spec), Rules.Immutable);
        }
    }

    private static void Attachment(FieldErrors errors, V1VolumeAttachment attachment)
    {
        var (spec, at) = (attachment.Spec, FieldPath.Root("spec"));
        if (spec.Attacher.Length == 0)
        {
            errors.Required(at.Child("attacher"));
        }

        var path = at.Child("source");
        switch (spec.Source)
        {
            case { InlineVolumeSpec: null, PersistentVolumeName: null }:
                errors.Required(path, "must specify exactly one of inlineVolumeSpec and persistentVolumeName");
                break;
            case { InlineVolumeSpec: not null, PersistentVolumeName: not null }:
                errors.Forbidden(path, "must specify exactly one of inlineVolumeSpec and persistentVolumeName");
                break;
            case { PersistentVolumeName: "" }:
                errors.Required(path.Child("persistentVolumeName"), "must specify non empty persistentVolumeName");
                break;
            case { InlineVolumeSpec: { } inline }:
                PersistentVolumeRules.Inline(errors, inline, path.Child("inlineVolumeSpec"));
                break;
        }

        errors.Invalid(at.Child("nodeName"), spec.NodeName, Rules.DnsSubdomain(spec.NodeName));
        var status = FieldPath.Root("status");
        if (attachment.Status.AttachmentMetadata.Sum(p => (long)Encoding.UTF8.GetByteCount(p.Key) + Encoding.UTF8.GetByteCount(p.Value)) > MetadataBytes)
        {
            errors.TooLong(status.Child("attachmentMetadata"), MetadataBytes);
        }

        VolumeError(errors, attachment.Status.AttachError, status.Child("attachError"));
        VolumeError(errors, attachment.Status.DetachError, status.Child("detachError"));
    }

    // The limit that is told is not the one that counts: one of Kubernetes' own oddities.
    private static void VolumeError(FieldErrors errors, V1VolumeError? error, FieldPath at)
    {
        if (error is not null && Encoding.UTF8.GetByteCount(error.Message) > ErrorBytes)
        {
            errors.TooLong(at.Child("message"), MetadataBytes);
        }
    }
}
