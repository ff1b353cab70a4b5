using System.Text;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>What every object's metadata must be (API conventions, "Metadata").</summary>
public static class MetadataRules
{
    private const int AnnotationBytes = 256 * 1024;

    /// <summary>The form of a kind's names.</summary>
    public delegate IEnumerable<string> NameRule(string name);

    public static void Validate(FieldErrors errors, V1ObjectMeta meta, bool namespaced, NameRule name, FieldPath at)
    {
        if (meta.GenerateName.Length > 0)
        {
            // a generated name may end in the separator, since the suffix follows it
            var shown = meta.GenerateName.EndsWith('-') ? meta.GenerateName[..^1] + "a" : meta.GenerateName;
            errors.Invalid(at.Child("generateName"), meta.GenerateName, name(shown));
        }

        if (meta.Name.Length == 0)
        {
            errors.Required(at.Child("name"), "name or generateName is required");
        }
        else
        {
            errors.Invalid(at.Child("name"), meta.Name, name(meta.Name));
        }

        if (namespaced)
        {
            if (meta.Namespace.Length == 0)
            {
                errors.Required(at.Child("namespace"));
            }
            else
            {
                errors.Invalid(at.Child("namespace"), meta.Namespace, Rules.DnsLabel(meta.Namespace));
            }
        }
        else if (meta.Namespace.Length > 0)
        {
            errors.Forbidden(at.Child("namespace"), "not allowed on this type");
        }

        errors.NotNegative(at.Child("generation"), meta.Generation);
        Labels(errors, meta.Labels, at.Child("labels"));
        Annotations(errors, meta.Annotations, at.Child("annotations"));
        OwnerReferences(errors, meta.OwnerReferences, at.Child("ownerReferences"));
        Finalizers(errors, meta.Finalizers, at.Child("finalizers"));
        ManagedFields(errors, meta.ManagedFields, at.Child("managedFields"));
    }

    public static void ValidateUpdate(FieldErrors errors, V1ObjectMeta now, V1ObjectMeta old, FieldPath at)
    {
        if (now.DeletionTimestamp != old.DeletionTimestamp)
        {
            errors.Immutable(at.Child("deletionTimestamp"), false, now.DeletionTimestamp);
        }

        if (old.DeletionTimestamp is not null && now.Finalizers.Except(old.Finalizers, StringComparer.Ordinal).ToList() is { Count: > 0 } added)
        {
            errors.Forbidden(at.Child("finalizers"), $"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{string.Join(", ", added.Select(f => $"\"{f}\""))}}}");
        }

        errors.Immutable(at.Child("name"), now.Name == old.Name, now.Name);
        errors.Immutable(at.Child("namespace"), now.Namespace == old.Namespace, now.Namespace);
        errors.Immutable(at.Child("uid"), now.Uid == old.Uid, now.Uid);
        errors.Immutable(at.Child("creationTimestamp"), now.CreationTimestamp == old.CreationTimestamp, now.CreationTimestamp);
        if (now.Generation < old.Generation)
        {
            errors.Invalid(at.Child("generation"), now.Generation, "must not be decremented");
        }
    }

    public static void Labels(FieldErrors errors, IReadOnlyDictionary<string, string> labels, FieldPath at)
    {
        foreach (var (key, value) in labels)
        {
            errors.Invalid(at, key, Rules.QualifiedName(key));
            errors.Invalid(at, value, Rules.LabelValue(value));
        }
    }

    public static void Annotations(FieldErrors errors, IReadOnlyDictionary<string, string> annotations, FieldPath at)
    {
        long size = 0;
        foreach (var (key, value) in annotations)
        {
            errors.Invalid(at, key, Rules.QualifiedName(key.ToLowerInvariant()));
            size += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
        }

        if (size > AnnotationBytes)
        {
            errors.TooLong(at, AnnotationBytes);
        }
    }

    private static void OwnerReferences(FieldErrors errors, IReadOnlyList<V1OwnerReference> owners, FieldPath at)
    {
        V1OwnerReference? controller = null;
        for (var i = 0; i < owners.Count; i++)
        {
            var (owner, path) = (owners[i], at.Index(i));
            if (owner.ApiVersion.Length == 0)
            {
                errors.Invalid(path.Child("apiVersion"), "", "version must not be empty");
            }

            if (owner.Kind.Length == 0)
            {
                errors.Invalid(path.Child("kind"), "", "kind must not be empty");
            }

            if (owner.Name.Length == 0)
            {
                errors.Invalid(path.Child("name"), "", "name must not be empty");
            }

            if (owner.Uid.Length == 0)
            {
                errors.Invalid(path.Child("uid"), "", "uid must not be empty");
            }

            if (owner is { ApiVersion: "v1", Kind: "Event" })
            {
                errors.Invalid(path, "", "/v1, Kind=Event is disallowed from being an owner");
            }

            if (owner.Controller != true)
            {
                continue;
            }

            if (controller is not null)
            {
                errors.InvalidDump(at, GoDump.Of(owners),
                    $"Only one reference can have Controller set to true. Found \"true\" in references for {controller.Kind}/{controller.Name} and {owner.Kind}/{owner.Name}");
            }

            controller = owner;
        }
    }

    private static void Finalizers(FieldErrors errors, IReadOnlyList<string> finalizers, FieldPath at)
    {
        for (var i = 0; i < finalizers.Count; i++)
        {
            errors.Invalid(at.Index(i), finalizers[i], Rules.QualifiedName(finalizers[i]));
        }

        if (finalizers.Contains("orphan") && finalizers.Contains("foregroundDeletion"))
        {
            errors.InvalidDump(at, GoDump.Of(finalizers), "finalizer orphan and foregroundDeletion cannot be both set");
        }
    }

    private static void ManagedFields(FieldErrors errors, IReadOnlyList<V1ManagedFieldsEntry> entries, FieldPath at)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            var (entry, path) = (entries[i], at.Index(i));
            if (entry.Operation is not ("Apply" or "Update"))
            {
                errors.Invalid(path.Child("operation"), entry.Operation, "must be `Apply` or `Update`");
            }

            if (entry.FieldsType.Length > 0 && entry.FieldsType != "FieldsV1")
            {
                errors.Invalid(path.Child("fieldsType"), entry.FieldsType, "must be `FieldsV1`");
            }
        }
    }
}
