using System.Runtime.InteropServices;
using System.Text.Json;
using Gantry.Api.Models;

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
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < fields.Count; i++)
        {
            var (text, path) = (fields[i].JsonPath, at.Index(i).Child("jsonPath"));
            if (text.Length == 0)
            {
                errors.Required(path);
                continue;
            }

            if (Resolve(text, schema, out var found) is { } problem)
            {
                errors.Invalid(path, text, "is an invalid path: " + problem);
                continue;
            }

            if (text == ".metadata" || text.StartsWith(".metadata.", StringComparison.Ordinal))
            {
                errors.Invalid(path, text, "must not point to fields in metadata");
            }

            if (found.Type is not ("string" or "boolean" or "integer"))
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

    // What is wrong with a path, or null and the schema of the field that it leads to.
    private static string? Resolve(string path, V1JSONSchemaProps schema, out V1JSONSchemaProps found)
    {
        found = schema;
        var at = 0;
        while (at < path.Length)
        {
            if (path[at] == '[')
            {
                return "array notation is not allowed";
            }

            if (path[at] != '.')
            {
                return string.Concat("expected [ or . but got: ", path.AsSpan(at, Length(path, at)));
            }

            if (++at == path.Length)
            {
                return "unexpected end of JSON path";
            }

            // Two delimiters in a row: the second one stands where a name should, and no field is called that.
            var length = Math.Max(Length(path, at), 1);
            if (Member(found, path.Substring(at, length)) is not { } member)
            {
                return "does not refer to a valid field";
            }

            found = member;
            at += length;
        }

        return null;
    }

    private static int Length(string path, int at)
    {
        if (path[at] == ']')
        {
            return 1;
        }

        var end = path.AsSpan(at).IndexOfAny('.', '[', ']');
        return end < 0 ? path.Length - at : end;
    }

    private static V1JSONSchemaProps? Member(V1JSONSchemaProps schema, string name)
    {
        if (schema.Properties.Count > 0)
        {
            return schema.Properties.GetValueOrDefault(name);
        }

        if (schema.AdditionalProperties is not { ValueKind: JsonValueKind.Object } additional)
        {
            return null;
        }

        var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(additional));
        reader.Read();
        return V1JSONSchemaProps.Read(ref reader);
    }
}
