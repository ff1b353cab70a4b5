using Gantry.Api;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;
using Gantry.Server.Statuses;

namespace Gantry.Server.Validation.Definitions;

/// <summary>
/// What makes a schema structural: every value has a type outside of combined schemas (allOf, anyOf, oneOf, not), which only restrict what is described.
/// </summary>
internal static class StructuralRules
{
    private enum Level
    {
        Root,
        Item,
        Member,
    }

    /// <summary>Everything that keeps a schema from being structural, in the order of the messages.</summary>
    public static List<FieldError> Check(TreeMap schema, FieldPath at)
    {
        var errors = new FieldErrors();
        Invariants(errors, schema, Level.Root, at);
        Complete(errors, schema, schema, at, at);
        return [.. errors.List.OrderBy(e => e.ToString(), StringComparer.Ordinal)];
    }

    private static void Invariants(FieldErrors errors, TreeMap schema, Level level, FieldPath at)
    {
        var (type, embedded) = (Schemas.Type(schema), Schemas.Is(schema, "x-kubernetes-embedded-resource"));
        if (type == "array" && schema["items"] is null)
        {
            errors.Required(at.Child("items"), "must be specified");
        }

        if (schema.Map("items") is { } items)
        {
            Invariants(errors, items, Level.Item, at.Child("items"));
        }

        foreach (var (name, member) in Schemas.Members(schema))
        {
            Invariants(errors, member, Level.Member, at.Child("properties").Key(name));
        }

        if (schema["additionalProperties"] is { } additional)
        {
            if (level == Level.Root)
            {
                errors.Forbidden(at.Child("additionalProperties"), "must not be used at the root");
            }

            if (additional is TreeMap other)
            {
                Invariants(errors, other, Level.Member, at.Child("additionalProperties"));
            }

            if (embedded)
            {
                errors.Forbidden(at.Child("additionalProperties"), "must not be used if x-kubernetes-embedded-resource is set");
            }
        }

        Extensions(errors, schema, at);
        var first = schema.List("allOf") is { Count: > 0 } all ? all[0] as TreeMap : null;
        Combined(errors, schema, at, skipsAny: IsIntOrString(schema), skipsFirst: first is not null && IsIntOrString(first));
        Typed(errors, schema, level, at);
        Metadata(errors, schema, level, at);
        if (embedded && !Schemas.Is(schema, "x-kubernetes-preserve-unknown-fields") && schema.Map("properties") is not { Count: > 0 })
        {
            errors.Required(at.Child("properties"), "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields");
        }
    }

    private static void Extensions(FieldErrors errors, TreeMap schema, FieldPath at)
    {
        if (!Schemas.Is(schema, "x-kubernetes-int-or-string"))
        {
            return;
        }

        foreach (var extension in (ReadOnlySpan<string>)["x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"])
        {
            if (Schemas.Is(schema, extension))
            {
                errors.Invalid(at.Child(extension), true, "must be false if x-kubernetes-int-or-string is true");
            }
        }
    }

    private static void Typed(FieldErrors errors, TreeMap schema, Level level, FieldPath at)
    {
        var type = Schemas.Type(schema);
        const string Embedded = "must be object if x-kubernetes-embedded-resource is true";
        if (Schemas.Is(schema, "x-kubernetes-embedded-resource") && type != "object")
        {
            if (type.Length == 0)
            {
                errors.Required(at.Child("type"), Embedded);
            }
            else
            {
                errors.Invalid(at.Child("type"), type, Embedded);
            }
        }
        else if (type.Length == 0 && !Schemas.Is(schema, "x-kubernetes-int-or-string") && !Schemas.Is(schema, "x-kubernetes-preserve-unknown-fields"))
        {
            errors.Required(at.Child("type"), level switch
            {
                Level.Root => "must not be empty at the root",
                Level.Item => "must not be empty for specified array items",
                _ => "must not be empty for specified object fields",
            });
        }

        if (level == Level.Root && type.Length > 0 && type != "object")
        {
            errors.Invalid(at.Child("type"), type, "must be object at the root");
        }
    }

    private static void Metadata(FieldErrors errors, TreeMap schema, Level level, FieldPath at)
    {
        var isObject = level == Level.Root || Schemas.Is(schema, "x-kubernetes-embedded-resource");
        var members = schema.Map("properties");
        foreach (var name in (ReadOnlySpan<string>)["kind", "apiVersion"])
        {
            if (isObject && members?.Map(name) is { } member && Schemas.Type(member) != "string")
            {
                errors.Invalid(at.Child("properties").Key(name).Child("type"), Schemas.Type(member), "must be string");
            }
        }

        if (members?.Map("metadata") is not { } metadata)
        {
            return;
        }

        var path = at.Child("properties").Key("metadata");
        if (isObject && Schemas.Type(metadata) != "object")
        {
            errors.Invalid(path.Child("type"), Schemas.Type(metadata), "must be object");
        }

        if (level == Level.Root && (metadata.Keys.Any(k => k is not ("type" or "default" or "externalDocs" or "example" or "properties"))
            || Schemas.Members(metadata).Any(m => m.Name is not ("name" or "generateName"))))
        {
            errors.Forbidden(path, "must not specify anything other than name and generateName, but metadata is implicitly specified");
        }
    }

    // anyOf: [{type: integer}, {type: string}], which says in OpenAPI what the extension says in Kubernetes.
    private static bool IsIntOrString(TreeMap schema) => schema.List("anyOf") is { Count: 2 } any
        && any[0] is TreeMap { Count: 1 } first && Schemas.Type(first) == "integer" && any[1] is TreeMap { Count: 1 } second && Schemas.Type(second) == "string";

    private static void Combined(FieldErrors errors, TreeMap schema, FieldPath at, bool skipsAny = false, bool skipsFirst = false)
    {
        foreach (var key in (ReadOnlySpan<string>)["anyOf", "allOf", "oneOf"])
        {
            var index = 0;
            foreach (var part in key == "anyOf" && skipsAny ? [] : schema.Items(key))
            {
                Nested(errors, part, at.Child(key).Index(index), skipsAny: key == "allOf" && index == 0 && skipsFirst);
                index++;
            }
        }

        if (schema.Map("not") is { } not)
        {
            Nested(errors, not, at.Child("not"));
        }

        if (schema.Text("pattern") is { Length: > 0 } pattern && GoPattern.Compile(pattern).Error is { } error)
        {
            errors.Invalid(at.Child("pattern"), pattern, "must be a valid regular expression, but isn't: " + error);
        }
    }

    private static void Nested(FieldErrors errors, TreeMap schema, FieldPath at, bool skipsAny = false)
    {
        Combined(errors, schema, at, skipsAny);
        if (schema.Map("items") is { } items)
        {
            Nested(errors, items, at.Child("items"));
        }

        foreach (var (name, member) in Schemas.Members(schema))
        {
            Nested(errors, member, at.Child("properties").Key(name));
        }

        foreach (var (key, state) in (ReadOnlySpan<(string, string)>)
        [
            ("type", "empty"), ("additionalProperties", "undefined"), ("default", "undefined"), ("title", "empty"), ("description", "empty"), ("nullable", "false"),
            ("x-kubernetes-preserve-unknown-fields", "false"), ("x-kubernetes-embedded-resource", "false"), ("x-kubernetes-int-or-string", "false"),
            ("x-kubernetes-list-map-keys", "empty"), ("x-kubernetes-list-type", "undefined"), ("x-kubernetes-map-type", "undefined"),
            ("x-kubernetes-validations", "empty"),
        ])
        {
            if (schema.Contains(key))
            {
                errors.Forbidden(at.Child(key), $"must be {state} to be structural");
            }
        }

        if (schema.Map("properties")?.Contains("metadata") == true)
        {
            errors.Forbidden(at.Child("properties").Key("metadata"), "must not be specified in a nested context");
        }
    }

    // Whatever combined schemas are about must be described outside of them.
    private static void Complete(FieldErrors errors, TreeMap rules, TreeMap? described, FieldPath at, FieldPath from)
    {
        if (described is null)
        {
            errors.Required(at, "because it is defined in " + from);
            return;
        }

        if (rules.Map("not") is { } not)
        {
            NestedComplete(errors, not, described, at, from.Child("not"));
        }

        foreach (var key in (ReadOnlySpan<string>)["allOf", "anyOf", "oneOf"])
        {
            var index = 0;
            foreach (var part in rules.Items(key))
            {
                NestedComplete(errors, part, described, at, from.Child(key).Index(index++));
            }
        }
    }

    private static void NestedComplete(FieldErrors errors, TreeMap rules, TreeMap? described, FieldPath at, FieldPath from)
    {
        Complete(errors, rules, described, at, from);
        if (described is null)
        {
            return;
        }

        if (rules.Map("items") is { } items)
        {
            NestedComplete(errors, items, described.Map("items"), at.Child("items"), from.Child("items"));
        }

        foreach (var (name, member) in Schemas.Members(rules))
        {
            NestedComplete(errors, member, described.Map("properties")?.Map(name), at.Child("properties").Key(name), from.Child("properties").Key(name));
        }
    }
}
