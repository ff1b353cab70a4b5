using Gantry.Api.Models;
using Gantry.Server.Statuses;

namespace Gantry.Server.Validation;

/// <summary>What a CustomResourceDefinition must be (Kubernetes documentation, "Extend the Kubernetes API with CustomResourceDefinitions").</summary>
internal static class DefinitionRules
{
    private static readonly string[] Types = ["array", "boolean", "integer", "number", "object", "string"];

    public static void Definition(FieldErrors errors, V1CustomResourceDefinition definition, V1CustomResourceDefinition? old)
    {
        var (spec, at) = (definition.Spec, FieldPath.Root("spec"));
        if (definition.Metadata.Name != spec.Names.Plural + "." + spec.Group)
        {
            errors.Invalid(FieldPath.Root("metadata").Child("name"), definition.Metadata.Name, "must be spec.names.plural+\".\"+spec.group");
        }

        Group(errors, spec, at);
        if (spec.Scope is not ("Cluster" or "Namespaced"))
        {
            errors.Add(FieldError.NotSupported(at.Child("scope").ToString(), spec.Scope, ["Cluster", "Namespaced"]));
        }

        Names(errors, spec.Names, at.Child("names"));
        Versions(errors, spec, at.Child("versions"));
        if (definition.Status.StoredVersions.Count == 0)
        {
            errors.InvalidDump(FieldPath.Root("status").Child("storedVersions"), "[]string(nil)", "must have at least one stored version");
        }

        if (old is not null)
        {
            errors.Immutable(at.Child("scope"), spec.Scope == old.Spec.Scope, spec.Scope);
            errors.Immutable(at.Child("group"), spec.Group == old.Spec.Group, spec.Group);
            errors.Immutable(at.Child("names").Child("plural"), spec.Names.Plural == old.Spec.Names.Plural, spec.Names.Plural);
            errors.Immutable(at.Child("names").Child("kind"), spec.Names.Kind == old.Spec.Names.Kind, spec.Names.Kind);
        }
    }

    private static void Group(FieldErrors errors, V1CustomResourceDefinitionSpec spec, FieldPath at)
    {
        if (spec.Group.Length == 0)
        {
            errors.Required(at.Child("group"));
            return;
        }

        errors.Invalid(at.Child("group"), spec.Group, Rules.DnsSubdomain(spec.Group));
        if (!spec.Group.Contains('.', StringComparison.Ordinal))
        {
            errors.Invalid(at.Child("group"), spec.Group, "should be a domain with at least one dot");
        }
    }

    private static void Names(FieldErrors errors, V1CustomResourceDefinitionNames names, FieldPath at)
    {
        errors.Invalid(at.Child("plural"), names.Plural, Rules.Dns1035Label(names.Plural));
        errors.Invalid(at.Child("singular"), names.Singular, Rules.Dns1035Label(names.Singular));
        errors.Invalid(at.Child("kind"), names.Kind, Rules.Dns1035Label(names.Kind.ToLowerInvariant()).Select(e => "may have mixed case, but should otherwise match: " + e));
        errors.Invalid(at.Child("listKind"), names.ListKind, Rules.Dns1035Label(names.ListKind.ToLowerInvariant()).Select(e => "may have mixed case, but should otherwise match: " + e));
        for (var i = 0; i < names.ShortNames.Count; i++)
        {
            errors.Invalid(at.Child("shortNames").Index(i), names.ShortNames[i], Rules.Dns1035Label(names.ShortNames[i]));
        }

        if (names.Kind.Length > 0 && names.Kind == names.ListKind)
        {
            errors.Invalid(at.Child("listKind"), names.ListKind, "kind and listKind may not be the same");
        }
    }

    private static void Versions(FieldErrors errors, V1CustomResourceDefinitionSpec spec, FieldPath at)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        // One version's schema is told of as if it were that of all, as it is stored.
        var alone = spec.Versions.Count == 1;
        for (var i = 0; i < spec.Versions.Count; i++)
        {
            var (version, path) = (spec.Versions[i], at.Index(i));
            errors.Invalid(path.Child("name"), version.Name, Rules.Dns1035Label(version.Name));
            if (!names.Add(version.Name))
            {
                errors.InvalidDump(at, GoDump.Of(spec.Versions), "must contain unique version names");
            }

            var schemaPath = alone ? FieldPath.Root("spec").Child("validation").Child("openAPIV3Schema") : path.Child("schema").Child("openAPIV3Schema");
            if (version.Schema?.OpenAPIV3Schema is not { } schema)
            {
                if (!spec.PreserveUnknownFields)
                {
                    errors.Required(schemaPath, "schemas are required");
                }

                if (version.SelectableFields.Count > 0)
                {
                    errors.Invalid((alone ? FieldPath.Root("spec") : path).Child("selectableFields"), "", "selectableFields may only be set when validations.schema is included");
                }

                continue;
            }

            Schema(errors, schema, schemaPath, root: true);
            SelectableFieldRules.Check(errors, version.SelectableFields, schema, (alone ? FieldPath.Root("spec") : path).Child("selectableFields"));
        }

        if (spec.Versions.Count(v => v.Storage) != 1)
        {
            errors.InvalidDump(at, spec.Versions.Count == 0 ? "[]v1.CustomResourceDefinitionVersion{}" : GoDump.Of(spec.Versions), "must have exactly one version marked as storage version");
        }
    }

    private static void Schema(FieldErrors errors, V1JSONSchemaProps schema, FieldPath at, bool root)
    {
        var type = schema.Type ?? "";
        if (type.Length > 0 && !Types.Contains(type, StringComparer.Ordinal))
        {
            errors.Add(FieldError.NotSupported(at.Child("type").ToString(), type, Types));
        }

        foreach (var (name, property) in schema.Properties.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            Schema(errors, property, at.Child("properties").Key(name), root: false);
        }

        if (type.Length == 0)
        {
            if (root)
            {
                errors.Required(at.Child("type"), "must not be empty at the root");
            }
        }
        else if (root && type != "object")
        {
            errors.Invalid(at.Child("type"), type, "must be object at the root");
        }

        if (schema.UniqueItems == true)
        {
            errors.Forbidden(at.Child("uniqueItems"), "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
        }

        if (schema.Pattern is { Length: > 0 } pattern && !IsPattern(pattern))
        {
            errors.Invalid(at.Child("pattern"), pattern, "must be a valid regular expression");
        }
    }

    private static bool IsPattern(string pattern)
    {
        try
        {
            _ = new System.Text.RegularExpressions.Regex(pattern, System.Text.RegularExpressions.RegexOptions.NonBacktracking, TimeSpan.FromSeconds(1));
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
