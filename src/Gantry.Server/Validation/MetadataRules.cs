using System.Text;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>What every object's metadata must be (API conventions, "Metadata").</summary>
public static class MetadataRules
{
    private const int AnnotationBytes = 256 * 1024;
    private const int LongestSubresource = 256;

    /// <summary>The form of a kind's names.</summary>
    public delegate IEnumerable<string> NameRule(string name);

    /// <summary>What metadata must be on its own (ValidateObjectMeta).</summary>
    public static void Validate(FieldErrors errors, V1ObjectMeta meta, bool namespaced, NameRule name, FieldPath at)
    {
        if (meta.GenerateName.Length > 0)
        {
            errors.Invalid(at.Child("generateName"), meta.GenerateName, name(Rules.AsBeginning(meta.GenerateName)));
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
        Maps(errors, meta, at);
        Finalizers(errors, meta.Finalizers, at.Child("finalizers"));
        ManagedFields(errors, meta.ManagedFields, at.Child("managedFields"));
    }

    /// <summary>What an update may not change (ValidateObjectMetaUpdate).</summary>
    public static void Changes(FieldErrors errors, V1ObjectMeta now, V1ObjectMeta old, FieldPath at)
    {
        if (old.DeletionTimestamp is not null && now.Finalizers.Except(old.Finalizers, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList() is { Count: > 0 } added)
        {
            errors.Forbidden(at.Child("finalizers"), "no new finalizers can be added if the object is being deleted, found new finalizers " + GoDump.Texts("string", added));
        }

        if (now.Generation < old.Generation)
        {
            errors.Invalid(at.Child("generation"), now.Generation, "must not be decremented");
        }

        errors.Immutable(at.Child("name"), now.Name == old.Name, now.Name);
        errors.Immutable(at.Child("namespace"), now.Namespace == old.Namespace, now.Namespace);
        errors.Immutable(at.Child("uid"), now.Uid == old.Uid, now.Uid);
        errors.Immutable(at.Child("creationTimestamp"), now.CreationTimestamp == old.CreationTimestamp, now.CreationTimestamp);
        errors.Immutable(at.Child("deletionTimestamp"), now.DeletionTimestamp == old.DeletionTimestamp, now.DeletionTimestamp);
        errors.Immutable(at.Child("deletionGracePeriodSeconds"), now.DeletionGracePeriodSeconds == old.DeletionGracePeriodSeconds, now.DeletionGracePeriodSeconds);
    }

    /// <summary>Labels, annotations and owners, which are looked at as changes, too.</summary>
    public static void Maps(FieldErrors errors, V1ObjectMeta meta, FieldPath at)
    {
        Labels(errors, meta.Labels, at.Child("labels"));
        Annotations(errors, meta.Annotations, at.Child("annotations"));
        OwnerReferences(errors, meta.OwnerReferences, at.Child("ownerReferences"));
    }

    /// <summary>Finalizers of Kubernetes' own kinds are either well known or have a domain.</summary>
    public static void KnownFinalizers(FieldErrors errors, IReadOnlyList<string> finalizers, FieldPath at)
    {
        for (var i = 0; i < finalizers.Count; i++)
        {
            KnownFinalizer(errors, finalizers[i], at.Index(i));
        }
    }

    /// <summary>Whether a finalizer is one of the API's own or has a domain and a path.</summary>
    public static bool IsKnownFinalizer(string finalizer) => finalizer.Contains('/', StringComparison.Ordinal) || finalizer is "kubernetes" or "orphan" or "foregroundDeletion";

    public static void KnownFinalizer(FieldErrors errors, string finalizer, FieldPath at)
    {
        if (!IsKnownFinalizer(finalizer))
        {
            errors.Invalid(at, finalizer, "name is neither a standard finalizer name nor is it fully qualified");
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
        foreach (var owner in owners)
        {
            if (owner.ApiVersion.Length == 0 || owner.ApiVersion.Count(c => c == '/') > 1)
            {
                errors.Invalid(at.Child("apiVersion"), owner.ApiVersion, "version must not be empty");
            }

            foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[("kind", owner.Kind), ("name", owner.Name), ("uid", owner.Uid)])
            {
                if (value.Length == 0)
                {
                    errors.Invalid(at.Child(name), "", name + " must not be empty");
                }
            }

            if (owner is { ApiVersion: "v1", Kind: "Event" })
            {
                errors.InvalidDump(at, GoDump.Of(owner), "/v1, Kind=Event is disallowed from being an owner");
            }

            if (owner.Controller != true)
            {
                continue;
            }

            if (controller is not null)
            {
                errors.InvalidDump(at, GoDump.Of(owners),
                    $"Only one reference can have Controller set to true. Found \"true\" in references for {controller.Kind}/{controller.Name} and {owner.Kind}/{owner.Name}");
                continue;
            }

            controller = owner;
        }
    }

    private static void Finalizers(FieldErrors errors, IReadOnlyList<string> finalizers, FieldPath at)
    {
        for (var i = 0; i < finalizers.Count; i++)
        {
            errors.Invalid(at, finalizers[i], Rules.QualifiedName(finalizers[i]));
        }

        if (finalizers.Contains("orphan") && finalizers.Contains("foregroundDeletion"))
        {
            errors.InvalidDump(at, GoDump.Of(finalizers), "finalizer orphan and foregroundDeletion cannot be both set");
        }
    }

    /// <summary>What is wrong with the managed fields of an object.</summary>
    /// <param name="errors">Takes it.</param>
    /// <param name="entries">The managed fields.</param>
    /// <param name="at">Where they stand.</param>
    public static void ManagedFields(FieldErrors errors, IReadOnlyList<V1ManagedFieldsEntry> entries, FieldPath at)
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

            ManagerRules.Check(path.Child("manager").ToString(), entry.Manager, errors.Add);
            if (Encoding.UTF8.GetByteCount(entry.Subresource) > LongestSubresource)
            {
                errors.TooLong(path.Child("subresource"), LongestSubresource);
            }
        }
    }
}
