using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Statuses;

namespace Gantry.Server.Validation.Definitions;

/// <summary>What a CustomResourceDefinition must be (Kubernetes documentation, "Extend the Kubernetes API with CustomResourceDefinitions").</summary>
internal static class DefinitionRules
{
    private const string Approval = "api-approved.kubernetes.io";

    /// <summary>Checks a definition.</summary>
    /// <param name="errors">Gets what is wrong.</param>
    /// <param name="definition">As it is to be stored, its status too.</param>
    /// <param name="old">The stored one; null when it is new.</param>
    public static void Definition(FieldErrors errors, V1CustomResourceDefinition definition, V1CustomResourceDefinition? old)
    {
        var (spec, at) = (definition.Spec, FieldPath.Root("spec"));
        if (old is null && definition.Metadata.Name != spec.Names.Plural + "." + spec.Group)
        {
            errors.Invalid(FieldPath.Root("metadata").Child("name"), definition.Metadata.Name, "must be spec.names.plural+\".\"+spec.group");
        }

        Spec(errors, spec, old, at);
        if (old is not null)
        {
            Update(errors, spec, old, at);
        }

        Status(errors, definition.Status);
        StoredVersions(errors, definition.Status.StoredVersions, spec.Versions, FieldPath.Root("status").Child("storedVersions"));
        Approved(errors, definition, old);
        if (spec.PreserveUnknownFields && old?.Spec.PreserveUnknownFields != true)
        {
            errors.Invalid(
                at.Child("preserveUnknownFields"), true, "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead");
        }
    }

    /// <summary>Checks the status alone, as its subresource writes it.</summary>
    public static void Status(FieldErrors errors, V1CustomResourceDefinitionStatus status) =>
        Names(errors, status.AcceptedNames, FieldPath.Root("status").Child("acceptedNames"));

    private static void Spec(FieldErrors errors, V1CustomResourceDefinitionSpec spec, V1CustomResourceDefinition? old, FieldPath at)
    {
        Group(errors, spec, at);
        errors.RequiredOneOf(at.Child("scope"), spec.Scope, "Cluster", "Namespaced");
        var history = new ExpressionHistory(old);
        VersionRules.Check(errors, spec, history, at);
        Required(errors, spec.Names, at.Child("names"));
        Names(errors, spec.Names, at.Child("names"));
        VersionRules.CheckShared(errors, spec, history, at);
        ConversionRules.Check(errors, spec, old, at);
    }

    private static void Group(FieldErrors errors, V1CustomResourceDefinitionSpec spec, FieldPath at)
    {
        if (spec.Group.Length == 0)
        {
            errors.Required(at.Child("group"));
        }
        else if (Rules.DnsSubdomain(spec.Group).ToList() is { Count: > 0 } wrong)
        {
            errors.Invalid(at.Child("group"), spec.Group, string.Join(",", wrong));
        }
        else if (!spec.Group.Contains('.', StringComparison.Ordinal))
        {
            errors.Invalid(at.Child("group"), spec.Group, "should be a domain with at least one dot");
        }
    }

    private static void Required(FieldErrors errors, V1CustomResourceDefinitionNames names, FieldPath at)
    {
        foreach (var (name, value) in new[] { ("plural", names.Plural), ("singular", names.Singular), ("kind", names.Kind), ("listKind", names.ListKind) })
        {
            if (value.Length == 0)
            {
                errors.Required(at.Child(name));
            }
        }
    }

    private static void Names(FieldErrors errors, V1CustomResourceDefinitionNames names, FieldPath at)
    {
        Label(errors, at.Child("plural"), names.Plural);
        Label(errors, at.Child("singular"), names.Singular);
        Label(errors, at.Child("kind"), names.Kind, mixed: true);
        Label(errors, at.Child("listKind"), names.ListKind, mixed: true);
        for (var i = 0; i < names.ShortNames.Count; i++)
        {
            Label(errors, at.Child("shortNames").Index(i), names.ShortNames[i], empty: false);
        }

        if (names.Kind.Length > 0 && names.Kind == names.ListKind)
        {
            errors.Invalid(at.Child("listKind"), names.ListKind, "kind and listKind may not be the same");
        }

        for (var i = 0; i < names.Categories.Count; i++)
        {
            Label(errors, at.Child("categories").Index(i), names.Categories[i], empty: false);
        }
    }

    private static void Label(FieldErrors errors, FieldPath at, string value, bool mixed = false, bool empty = true)
    {
        if ((value.Length > 0 || !empty) && Rules.Dns1035Label(mixed ? value.ToLowerInvariant() : value).ToList() is { Count: > 0 } wrong)
        {
            errors.Invalid(at, value, (mixed ? "may have mixed case, but should otherwise match: " : "") + string.Join(",", wrong));
        }
    }

    // What the objects' place in the store depends on cannot change once they may be there.
    private static void Update(FieldErrors errors, V1CustomResourceDefinitionSpec spec, V1CustomResourceDefinition old, FieldPath at)
    {
        if (ConversionRules.IsEstablished(old))
        {
            errors.Immutable(at.Child("scope"), spec.Scope == old.Spec.Scope, spec.Scope);
            errors.Immutable(at.Child("names").Child("kind"), spec.Names.Kind == old.Spec.Names.Kind, spec.Names.Kind);
        }

        errors.Immutable(at.Child("group"), spec.Group == old.Spec.Group, spec.Group);
        errors.Immutable(at.Child("names").Child("plural"), spec.Names.Plural == old.Spec.Names.Plural, spec.Names.Plural);
    }

    private static void StoredVersions(FieldErrors errors, IReadOnlyList<string> stored, IReadOnlyList<V1CustomResourceDefinitionVersion> versions, FieldPath at)
    {
        if (stored.Count == 0)
        {
            errors.InvalidDump(at, "[]string(nil)", "must have at least one stored version");
            return;
        }

        foreach (var version in versions)
        {
            if (version.Storage && !stored.Contains(version.Name, StringComparer.Ordinal))
            {
                errors.InvalidDump(at, GoDump.Texts("string", stored), "must have the storage version " + version.Name);
            }
        }

        for (var i = 0; i < stored.Count; i++)
        {
            if (versions.All(v => v.Name != stored[i]) && stored.Skip(i + 1).All(later => later != stored[i]))
            {
                errors.Invalid(at.Index(i), stored[i], "must appear in spec.versions");
            }
        }
    }

    private static void Approved(FieldErrors errors, V1CustomResourceDefinition definition, V1CustomResourceDefinition? old)
    {
        if (!ApiApproval.IsProtected(definition.Spec.Group))
        {
            return;
        }

        var (state, reason) = ApiApproval.Of(definition.Metadata.Annotations);
        if (old is not null && ApiApproval.Of(old.Metadata.Annotations).State == state)
        {
            return;
        }

        var at = FieldPath.Root("metadata").Child("annotations").Key(Approval);
        if (state == ApprovalState.Missing)
        {
            errors.Required(at, reason);
        }
        else if (state == ApprovalState.Invalid)
        {
            errors.Invalid(at, definition.Metadata.Annotations.GetValueOrDefault(Approval, ""), reason);
        }
    }

    /// <summary>A schema as a tree; members that say nothing are left out.</summary>
    internal static TreeMap Tree(V1JSONSchemaProps schema) => (TreeMap)TreeJson.Parse(ApiJson.Encode(schema));
}
