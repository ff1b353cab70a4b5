using System.Globalization;
using Gantry.Api.Models;

namespace Gantry.Server.Validation.Definitions;

/// <summary>
/// The versions of a definition. What all versions say alike is told of as the definition's own (<c>spec.validation</c>), as the older form of definitions
/// has it, in which Kubernetes checks them.
/// </summary>
internal static class VersionRules
{
    private static readonly string[] ColumnTypes = ["boolean", "date", "integer", "number", "string"];
    private static readonly string[] ColumnFormats = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];

    /// <summary>Checks the versions one by one, with what is particular to each.</summary>
    public static void Check(FieldErrors errors, V1CustomResourceDefinitionSpec spec, ExpressionHistory history, FieldPath at)
    {
        var (versions, shared) = (spec.Versions, Shared.Of(spec.Versions));
        for (var i = 0; i < versions.Count; i++)
        {
            if (versions[i].Schema?.OpenAPIV3Schema is null)
            {
                errors.Required(at.Child("versions").Index(i).Child("schema").Child("openAPIV3Schema"), "schemas are required");
            }
        }

        if (spec.PreserveUnknownFields && versions.Any(v => v.Schema?.OpenAPIV3Schema is { } schema && SchemaSearch.Any(schema, s => s.Default is not null)))
        {
            errors.Invalid(at.Child("preserveUnknownFields"), true, "must be false in order to use defaults in the schema");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var unique = true;
        for (var i = 0; i < versions.Count; i++)
        {
            var (version, path) = (versions[i], at.Child("versions").Index(i));
            unique &= names.Add(version.Name);
            if (Rules.Dns1035Label(version.Name).ToList() is { Count: > 0 } wrong)
            {
                errors.Invalid(path.Child("name"), version.Name, string.Join(",", wrong));
            }

            Warning(errors, version, path.Child("deprecationWarning"));
            Parts(errors, shared.Without(version), version.Subresources?.Status is not null, path, "schema", history);
        }

        if (!unique)
        {
            errors.InvalidDump(at.Child("versions"), Shown(versions, shared), "must contain unique version names");
        }

        if (versions.Count(v => v.Storage) != 1)
        {
            errors.InvalidDump(
                at.Child("versions"), versions.Count == 0 ? "[]apiextensions.CustomResourceDefinitionVersion{}" : Shown(versions, shared),
                "must have exactly one version marked as storage version");
        }

        // The name of the first version once stood apart, and is checked there as well.
        if (versions.Count > 0 && Rules.Dns1035Label(versions[0].Name).ToList() is { Count: > 0 } first && versions[0].Name.Length > 0)
        {
            errors.Invalid(at.Child("version"), versions[0].Name, string.Join(",", first));
        }
    }

    /// <summary>Checks what all versions share.</summary>
    public static void CheckShared(FieldErrors errors, V1CustomResourceDefinitionSpec spec, ExpressionHistory history, FieldPath at) =>
        Parts(errors, Shared.Of(spec.Versions).Common, spec.Versions.Any(v => v.Subresources?.Status is not null), at, "validation", history);

    private static void Parts(FieldErrors errors, VersionParts parts, bool hasStatus, FieldPath at, string schemaName, ExpressionHistory history)
    {
        if (parts.Schema is { } schema)
        {
            SchemaRules.Check(errors, schema, hasStatus, at.Child(schemaName), history);
        }

        if (parts.Subresources?.Scale is { } scale)
        {
            ScalePath(errors, scale.SpecReplicasPath, at.Child("subresources").Child("scale.specReplicasPath"), ".spec.", "should be a json path under .spec");
            ScalePath(errors, scale.StatusReplicasPath, at.Child("subresources").Child("scale.statusReplicasPath"), ".status.", "should be a json path under .status");
            if (scale.LabelSelectorPath is { Length: > 0 } selector)
            {
                Selector(errors, selector, at.Child("subresources").Child("scale.labelSelectorPath"));
            }
        }

        for (var i = 0; i < parts.Columns.Count; i++)
        {
            Column(errors, parts.Columns[i], at.Child("additionalPrinterColumns").Index(i));
        }

        if (parts.Selectable.Count == 0)
        {
            return;
        }

        var fields = at.Child("selectableFields");
        if (parts.Schema?.OpenAPIV3Schema is { } structure)
        {
            SelectableFieldRules.Check(errors, parts.Selectable, structure, fields);
        }
        else
        {
            errors.Invalid(fields, "", schemaName == "schema"
                ? "selectableFields may only be set when version.schema.openAPIV3Schema is not included"
                : "selectableFields may only be set when validations.schema is included");
        }
    }

    private static void Warning(FieldErrors errors, V1CustomResourceDefinitionVersion version, FieldPath at)
    {
        if (version.DeprecationWarning is not { } warning)
        {
            return;
        }

        if (!version.Deprecated)
        {
            errors.Invalid(at, warning, "can only be set for deprecated versions");
            return;
        }

        if (warning.Length > 256)
        {
            errors.Invalid(at, warning, "must be <= 256 characters long");
        }

        if (warning.Length == 0)
        {
            errors.Invalid(at, warning, "must not be an empty string");
        }

        var position = 0;
        foreach (var rune in warning.EnumerateRunes())
        {
            if (!Gantry.Api.Trees.GoSyntax.IsPrintable(rune))
            {
                errors.Invalid(at, warning, string.Create(CultureInfo.InvariantCulture, $"must only contain printable UTF-8 characters; non-printable character found at index {position}"));
                break;
            }

            position += rune.Utf8SequenceLength;
        }
    }

    private static void ScalePath(FieldErrors errors, string path, FieldPath at, string under, string detail)
    {
        if (path.Length == 0)
        {
            errors.Required(at);
        }
        else if (IsPath(errors, path, at) && !path.StartsWith(under, StringComparison.Ordinal))
        {
            errors.Invalid(at, path, detail);
        }
    }

    private static void Selector(FieldErrors errors, string path, FieldPath at)
    {
        if (IsPath(errors, path, at) && !path.StartsWith(".spec.", StringComparison.Ordinal) && !path.StartsWith(".status.", StringComparison.Ordinal))
        {
            errors.Invalid(at, path, "should be a json path under either .spec or .status");
        }
    }

    private static bool IsPath(FieldErrors errors, string path, FieldPath at)
    {
        if (path.StartsWith('.'))
        {
            return true;
        }

        errors.Invalid(at, path, "must be a simple json path starting with .");
        return false;
    }

    private static void Column(FieldErrors errors, V1CustomResourceColumnDefinition column, FieldPath at)
    {
        if (column.Name.Length == 0)
        {
            errors.Required(at.Child("name"));
        }

        var types = "must be one of " + string.Join(",", ColumnTypes);
        if (column.Type.Length == 0)
        {
            errors.Required(at.Child("type"), types);
        }
        else if (!ColumnTypes.Contains(column.Type, StringComparer.Ordinal))
        {
            errors.Invalid(at.Child("type"), column.Type, types);
        }

        if (column.Format.Length > 0 && !ColumnFormats.Contains(column.Format, StringComparer.Ordinal))
        {
            errors.Invalid(at.Child("format"), column.Format, "must be one of " + string.Join(",", ColumnFormats));
        }

        if (column.JsonPath.Length == 0)
        {
            errors.Required(at.Child("JSONPath"));
        }
        else
        {
            IsPath(errors, column.JsonPath, at.Child("JSONPath"));
        }
    }

    // The internal form has what all versions have alike beside them, not in each.
    private static string Shown(IReadOnlyList<V1CustomResourceDefinitionVersion> versions, Shared shared) => GoDump.Of(versions.Select(v =>
    {
        var own = shared.Without(v);
        return v with { Schema = own.Schema, Subresources = own.Subresources, AdditionalPrinterColumns = own.Columns, SelectableFields = own.Selectable };
    }).ToList());

    /// <summary>Which parts all versions have alike.</summary>
    private sealed record Shared(bool Schema, bool Subresources, bool Columns, bool Selectable, VersionParts Common)
    {
        public static Shared Of(IReadOnlyList<V1CustomResourceDefinitionVersion> versions)
        {
            if (versions.Count == 0)
            {
                return new Shared(true, true, true, true, VersionParts.None);
            }

            var all = versions.Select(VersionParts.Of).ToList();
            var first = all[0];
            var schema = all.TrueForAll(v => Equals(v.Schema, first.Schema));
            var subresources = all.TrueForAll(v => Equals(v.Subresources, first.Subresources));
            var columns = all.TrueForAll(v => v.Columns.SequenceEqual(first.Columns));
            var selectable = all.TrueForAll(v => v.Selectable.SequenceEqual(first.Selectable));
            return new Shared(schema, subresources, columns, selectable, new VersionParts(
                schema ? first.Schema : null, subresources ? first.Subresources : null, columns ? first.Columns : [], selectable ? first.Selectable : []));
        }

        public VersionParts Without(V1CustomResourceDefinitionVersion version) => new(
            Schema ? null : version.Schema, Subresources ? null : version.Subresources, Columns ? [] : version.AdditionalPrinterColumns, Selectable ? [] : version.SelectableFields);
    }
}
