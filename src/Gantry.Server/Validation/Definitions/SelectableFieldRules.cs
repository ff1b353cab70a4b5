using Gantry.Api.Models;
using Gantry.Server.CustomResources.Expressions;

namespace Gantry.Server.Validation.Definitions;

/// <summary>What the selectable fields of a custom resource may be: a few fields of plain values that its schema has.</summary>
internal static class SelectableFieldRules
{
    private const int Maximum = 8;

    /// <summary>Checks the selectable fields of one version.</summary>
    /// <param name="errors">Gets what is wrong.</param>
    /// <param name="fields">The fields.</param>
    /// <param name="schema">The version's schema.</param>
    /// <param name="at">Where the fields are.</param>
    public static void Check(FieldErrors errors, IReadOnlyList<V1SelectableField> fields, V1JSONSchemaProps schema, FieldPath at)
    {
        var (tree, seen) = (DefinitionRules.Tree(schema), new HashSet<string>(StringComparer.Ordinal));
        for (var i = 0; i < fields.Count; i++)
        {
            var (text, path) = (fields[i].JsonPath, at.Index(i).Child("jsonPath"));
            if (text.Length == 0)
            {
                errors.Required(path);
                continue;
            }

            if (RuleFieldPath.Resolve(tree, text, brackets: false, out _, out var found) is { } problem)
            {
                errors.Invalid(path, text, "is an invalid path: " + problem);
                continue;
            }

            if (text == ".metadata" || text.StartsWith(".metadata.", StringComparison.Ordinal))
            {
                errors.Invalid(path, text, "must not point to fields in metadata");
            }

            if (Schemas.Type(found) is not ("string" or "boolean" or "integer"))
            {
                errors.Invalid(path, text, "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.");
            }

            if (!seen.Add(text))
            {
                errors.Duplicate(path, text);
            }
        }

        if (seen.Count > Maximum)
        {
            errors.TooMany(at, seen.Count, Maximum);
        }
    }
}
