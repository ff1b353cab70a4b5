using Gantry.Api.Trees;
using Gantry.Server.CustomResources;
using Gantry.Server.Defaulting;
using Gantry.Server.Statuses;

namespace Gantry.Server.Validation.Definitions;

/// <summary>Which parts of OpenAPI a schema may use, and how the extensions of Kubernetes go together.</summary>
/// <param name="errors">Gets what is wrong.</param>
/// <param name="expressions">Compiles the rules that are expressions; null where the schema is wrong otherwise.</param>
internal sealed class OpenApiRules(FieldErrors errors, ExpressionRules? expressions)
{
    private static readonly string[] Types = ["array", "boolean", "integer", "number", "object", "string"];
    private static readonly string[] Unknown = ["id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref"];

    private readonly FieldErrors _errors = errors;

    /// <summary>Checks a schema and every schema in it.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="at">Where it is.</param>
    /// <param name="place">What is around it.</param>
    /// <param name="values">Where its values are, as its rules see them; null where its rules do not count.</param>
    /// <param name="isRoot">Whether it is the schema of the whole object.</param>
    public void Check(TreeMap schema, FieldPath at, OpenApiPlace place, ExpressionPlace? values, bool isRoot = false)
    {
        var before = _errors.Count;
        Parts(schema, at, place);
        if (Schemas.Is(schema, "uniqueItems"))
        {
            _errors.Forbidden(at.Child("uniqueItems"), "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
        }

        Below(schema, at, place, values, isRoot);
        if (schema["x-kubernetes-preserve-unknown-fields"] is TreeBool { Value: false })
        {
            _errors.Invalid(at.Child("x-kubernetes-preserve-unknown-fields"), false, "must be true or undefined");
        }

        Map(schema, at);
        List(schema, at);
        Keys(schema, at);
        if (schema.Text("x-kubernetes-list-type") == "map")
        {
            Keyed(schema, at);
        }

        Items(schema, at);
        ExpressionRules.CheckForm(_errors, schema, at);
        if (values is not null && _errors.Count == before)
        {
            expressions?.Check(schema, at, values);
        }
    }

    private void Parts(TreeMap schema, FieldPath at, OpenApiPlace place)
    {
        var type = Schemas.Type(schema);
        if (type.Length > 0 && !Types.Contains(type, StringComparer.Ordinal))
        {
            _errors.Add(FieldError.NotSupported(at.Child("type").ToString(), type, Types));
        }

        if (schema.Contains("default") && place.NoDefaults is { } reason)
        {
            _errors.Forbidden(at.Child("default"), "must not be set" + (reason.Length == 0 ? "" : " " + reason));
        }

        foreach (var key in Unknown)
        {
            if (schema.Contains(key))
            {
                _errors.Forbidden(at.Child(key), key + " is not supported");
            }
        }

        if (type == "null")
        {
            _errors.Forbidden(at.Child("type"), "type cannot be set to null, use nullable as an alternative");
        }

        if (schema["items"] is TreeList)
        {
            _errors.Forbidden(at.Child("items"), "items must be a schema object and not an array");
        }

        if (place.InMetadata && Schemas.Is(schema, "x-kubernetes-embedded-resource"))
        {
            _errors.Forbidden(at.Child("x-kubernetes-embedded-resource"), "must not be used inside of resource meta");
        }
    }

    private void Below(TreeMap schema, FieldPath at, OpenApiPlace place, ExpressionPlace? values, bool isRoot)
    {
        if (schema["additionalProperties"] is { } additional)
        {
            if (schema.Map("properties") is { Count: > 0 } && additional is TreeMap or TreeBool { Value: false })
            {
                _errors.Forbidden(at.Child("additionalProperties"), "additionalProperties and properties are mutual exclusive");
            }

            if (additional is TreeMap other)
            {
                Check(other, at.Child("additionalProperties"), place.InMetadata ? place with { NoDefaults = "inside additionalProperties applying to object metadata" } : place,
                    Many(values, schema, "maxProperties", other));
            }
        }

        foreach (var (name, member) in Schemas.Members(schema))
        {
            var inside = place;
            if ((isRoot || Schemas.Is(schema, "x-kubernetes-embedded-resource")) && name is "metadata" or "kind" or "apiVersion")
            {
                inside = new OpenApiPlace(isRoot ? "in top-level " + name : place.NoDefaults, InMetadata: true);
            }

            Check(member, at.Child("properties").Key(name), inside, values is null ? null : values with { IsResource = Schemas.Is(member, "x-kubernetes-embedded-resource") });
        }

        if (schema.Map("not") is { } not)
        {
            Check(not, at.Child("not"), place, null);
        }

        foreach (var key in (ReadOnlySpan<string>)["allOf", "oneOf", "anyOf"])
        {
            var index = 0;
            foreach (var part in schema.Items(key))
            {
                Check(part, at.Child(key).Index(index++), place, null);
            }
        }

        if (schema.Map("items") is { } items)
        {
            // Only items with keys are known again in the old list.
            var inside = Many(values, schema, "maxItems", items);
            Check(items, at.Child("items"), place, inside is null || schema.Text("x-kubernetes-list-type") == "map" ? inside : inside with { Uncorrelated = inside.Uncorrelated ?? at });
        }
    }

    private static ExpressionPlace? Many(ExpressionPlace? values, TreeMap schema, string limit, TreeMap inner)
    {
        ulong? most = schema[limit] is TreeInteger count ? (ulong)Math.Max(0, count.Value) : null;
        return values is null ? null : values with
        {
            Times = values.Times is { } times && most is { } each ? (each != 0 && times > ulong.MaxValue / each ? ulong.MaxValue : times * each) : null,
            IsResource = Schemas.Is(inner, "x-kubernetes-embedded-resource"),
        };
    }

    private void Map(TreeMap schema, FieldPath at)
    {
        if (schema["x-kubernetes-map-type"] is not TreeString { Value: var mapType })
        {
            return;
        }

        Typed(schema, at, "object", "x-kubernetes-map-type");
        _errors.OneOf(at.Child("x-kubernetes-map-type"), mapType, "atomic", "granular");
    }

    private bool Typed(TreeMap schema, FieldPath at, string wanted, string extension)
    {
        var (type, detail) = (Schemas.Type(schema), $"must be {wanted} if {extension} is specified");
        if (type.Length == 0)
        {
            _errors.Required(at.Child("type"), detail);
        }
        else if (type != wanted)
        {
            _errors.Invalid(at.Child("type"), type, detail);
        }

        return type == wanted;
    }

    private void List(TreeMap schema, FieldPath at)
    {
        if (schema["x-kubernetes-list-type"] is not TreeString { Value: var listType })
        {
            return;
        }

        const string Detail = "must be atomic as item of a list with x-kubernetes-list-type=set";
        if (Typed(schema, at, "array", "x-kubernetes-list-type") && listType == "set" && schema.Map("items") is { } items)
        {
            var (itemList, itemMap) = (items.Text("x-kubernetes-list-type"), items.Text("x-kubernetes-map-type"));
            if (Schemas.Type(items) == "array" && itemList is not (null or "atomic"))
            {
                _errors.Invalid(at.Child("items").Child("x-kubernetes-list-type"), itemList, Detail);
            }
            else if (Schemas.Type(items) == "object" && itemMap != "atomic")
            {
                // Kubernetes shows the type of the list here, too.
                _errors.Add(FieldError.Invalid(at.Child("items").Child("x-kubernetes-map-type").ToString(), null, Detail) with
                {
                    Value = itemList is null ? "\"null\"" : Authorization.GoText.Quote(itemList),
                });
            }
        }

        _errors.OneOf(at.Child("x-kubernetes-list-type"), listType, "atomic", "set", "map");
    }

    private void Keys(TreeMap schema, FieldPath at)
    {
        if (Schemas.Texts(schema, "x-kubernetes-list-map-keys").Count == 0)
        {
            return;
        }

        const string Detail = "must be map if x-kubernetes-list-map-keys is non-empty";
        if (schema["x-kubernetes-list-type"] is not TreeString { Value: var listType })
        {
            _errors.Required(at.Child("x-kubernetes-list-type"), Detail);
        }
        else if (listType != "map")
        {
            _errors.Invalid(at.Child("x-kubernetes-list-type"), listType, Detail);
        }
    }

    private void Keyed(TreeMap schema, FieldPath at)
    {
        var keys = Schemas.Texts(schema, "x-kubernetes-list-map-keys");
        if (keys.Count == 0)
        {
            _errors.Required(at.Child("x-kubernetes-list-map-keys"), "must not be empty if x-kubernetes-list-type is map");
        }

        switch (schema["items"])
        {
            case null:
                _errors.Required(at.Child("items"), "must have a schema if x-kubernetes-list-type is map");
                return;
            case not TreeMap:
                _errors.InvalidDump(at.Child("items"), GoSyntax.Value(schema["items"]), "must only have a single schema if x-kubernetes-list-type is map");
                return;
            case TreeMap items when Schemas.Type(items) != "object":
                _errors.Invalid(at.Child("items").Child("type"), Schemas.Type(items), "must be object if parent array's x-kubernetes-list-type is map");
                return;
        }

        var members = schema.Map("items")!.Map("properties");
        var (seen, path) = (new HashSet<string>(StringComparer.Ordinal), at.Child("x-kubernetes-list-map-keys"));
        foreach (var key in keys)
        {
            if (members?.Map(key) is not { } member)
            {
                _errors.InvalidDump(path, GoDump.Texts("string", keys), "entries must all be names of item properties");
            }
            else if (Schemas.Type(member) is "array" or "object")
            {
                // The type that is shown is that of the items.
                _errors.Invalid(
                    at.Child("items").Child("properties").Key(key).Child("type"), "object", "must be a scalar type if parent array's x-kubernetes-list-type is map");
            }

            if (!seen.Add(key))
            {
                _errors.InvalidDump(path, GoDump.Texts("string", keys), "must not contain duplicate entries");
            }
        }
    }

    private void Items(TreeMap schema, FieldPath at)
    {
        if (schema.Text("x-kubernetes-list-type") is not ("set" or "map") || schema.Map("items") is not { } items)
        {
            return;
        }

        var listType = schema.Text("x-kubernetes-list-type")!;
        if (Schemas.Is(items, "nullable"))
        {
            _errors.Forbidden(at.Child("items").Child("nullable"), "cannot be nullable when x-kubernetes-list-type is " + listType);
        }

        var required = Schemas.Texts(items, "required");
        foreach (var key in listType == "map" ? Schemas.Texts(schema, "x-kubernetes-list-map-keys") : [])
        {
            if (items.Map("properties")?.Map(key) is not { } member)
            {
                continue;
            }

            var path = at.Child("items").Child("properties").Key(key);
            if (!required.Contains(key, StringComparer.Ordinal) && !member.Contains("default"))
            {
                _errors.Required(path.Child("default"), "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property");
            }

            if (Schemas.Is(member, "nullable"))
            {
                _errors.Forbidden(path.Child("nullable"), "this property is in x-kubernetes-list-map-keys, so it cannot be nullable");
            }
        }
    }
}
