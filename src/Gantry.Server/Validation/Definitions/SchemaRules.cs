using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.CustomResources;
using Gantry.Server.Statuses;

namespace Gantry.Server.Validation.Definitions;

/// <summary>What the schema of a version must be: structural, with fitting defaults, and without what OpenAPI has but Kubernetes does not.</summary>
internal static class SchemaRules
{
    // In the order in which Kubernetes looks at them; with the names that its messages list.
    private static readonly (string Key, string Name, bool Allowed)[] AtRoot =
    [
        ("id", "ID", false), ("$schema", "Schema", false), ("$ref", "Ref", false), ("description", "Description", true), ("type", "Type", true),
        ("nullable", "Nullable", false), ("format", "Format", true), ("title", "Title", true), ("default", "Default", false), ("maximum", "Maximum", true),
        ("exclusiveMaximum", "ExclusiveMaximum", true), ("minimum", "Minimum", true), ("exclusiveMinimum", "ExclusiveMinimum", true),
        ("maxLength", "MaxLength", true), ("minLength", "MinLength", true), ("pattern", "Pattern", true), ("maxItems", "MaxItems", true),
        ("minItems", "MinItems", true), ("uniqueItems", "UniqueItems", true), ("multipleOf", "MultipleOf", true), ("enum", "Enum", false),
        ("maxProperties", "MaxProperties", false), ("minProperties", "MinProperties", false), ("required", "Required", true), ("items", "Items", true),
        ("allOf", "AllOf", false), ("oneOf", "OneOf", false), ("anyOf", "AnyOf", false), ("not", "Not", false), ("properties", "Properties", true),
        ("additionalProperties", "AdditionalProperties", false), ("patternProperties", "PatternProperties", false), ("dependencies", "Dependencies", false),
        ("additionalItems", "AdditionalItems", false), ("definitions", "Definitions", false), ("externalDocs", "ExternalDocs", true),
        ("example", "Example", true), ("x-kubernetes-preserve-unknown-fields", "XPreserveUnknownFields", true),
        ("x-kubernetes-embedded-resource", "XEmbeddedResource", false), ("x-kubernetes-int-or-string", "XIntOrString", false),
        ("x-kubernetes-list-map-keys", "XListMapKeys", false), ("x-kubernetes-list-type", "XListType", false), ("x-kubernetes-map-type", "XMapType", false),
        ("x-kubernetes-validations", "XValidations", true),
    ];

    /// <summary>Checks one schema.</summary>
    /// <param name="errors">Gets what is wrong.</param>
    /// <param name="validation">Holds the schema.</param>
    /// <param name="hasStatus">Whether the status is a subresource, for which the status' part is taken out of the schema.</param>
    /// <param name="at">Where the schema is.</param>
    /// <param name="history">What is stored already.</param>
    public static void Check(FieldErrors errors, V1CustomResourceValidation validation, bool hasStatus, FieldPath at, ExpressionHistory history)
    {
        if (validation.OpenAPIV3Schema is not { } schema)
        {
            return;
        }

        var (tree, path, before) = (DefinitionRules.Tree(schema), at.Child("openAPIV3Schema"), errors.Count);
        if (hasStatus)
        {
            Root(errors, tree, schema, path);
        }

        if (schema.Nullable)
        {
            errors.Forbidden(at.Child("openAPIV3Schema.nullable"), "nullable cannot be true at the root");
        }

        var unsupported = Unsupported(tree);
        ExpressionRules? expressions = null;
        if (unsupported is null)
        {
            var structural = StructuralRules.Check(tree, path);
            structural.ForEach(errors.Add);
            if (structural.Count == 0)
            {
                var wrong = errors.Count;
                DefaultRules.Check(errors, StructuralSchema.Of(tree), path);
                expressions = errors.Count == wrong ? new ExpressionRules(history, history.Knows(validation)) : null;
            }
        }

        new OpenApiRules(errors, expressions).Check(tree, path, new OpenApiPlace(), new ExpressionPlace(1, null, true), isRoot: true);
        expressions?.Finish(errors, path);
        if (errors.Count == before && unsupported is not null)
        {
            errors.Invalid(path, "", unsupported);
        }
    }

    private static void Root(FieldErrors errors, TreeMap tree, V1JSONSchemaProps schema, FieldPath at)
    {
        foreach (var (key, _, allowed) in AtRoot)
        {
            if (!tree.Contains(key))
            {
                continue;
            }

            if (key == "type" && schema.Type != "object")
            {
                errors.Invalid(FieldPath.Root(at + ".type"), schema.Type, "only \"object\" is allowed as the type at the root of the schema if the status subresource is enabled");
                return;
            }

            if (!allowed)
            {
                var names = "Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems "
                    + "MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations";
                errors.InvalidDump(at, SchemaDump.Of(tree), $"only [{names}] fields are allowed at the root of the schema if the status subresource is enabled");
                return;
            }
        }
    }

    // What makes it no schema of Kubernetes at all, anywhere in it; the other rules mostly say so better.
    private static string? Unsupported(TreeMap schema)
    {
        foreach (var (key, name) in (ReadOnlySpan<(string, string)>)
        [
            ("id", "id"), ("$schema", "schema"), ("$ref", "$ref"), ("patternProperties", "patternProperties"), ("dependencies", "dependencies"),
            ("additionalItems", "additionalItems"), ("definitions", "definitions"),
        ])
        {
            if (schema.Contains(key))
            {
                return $"OpenAPIV3Schema '{name}' is not supported";
            }
        }

        if (schema["items"] is TreeList)
        {
            return "OpenAPIV3Schema 'items' must be a schema, but is an array";
        }

        if (schema["x-kubernetes-preserve-unknown-fields"] is TreeBool { Value: false })
        {
            return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined";
        }

        return Schemas.Below(schema).Select(Unsupported).FirstOrDefault(u => u is not null);
    }
}
