using Gantry.Api.Trees;
using Gantry.Server.Defaulting;

namespace Gantry.Server.Aggregation;

/// <summary>
/// OpenAPI v3 of a server that only has v2, as Kubernetes' aggregator makes it (kube-openapi <c>openapiconv</c>): bodies and answers by media type, parameters
/// with schemas, references to components. Pure; what a server says is not trusted to be well-formed.
/// </summary>
internal static class OpenApiConversion
{
    private const string Definitions = "#/definitions/";
    private const string Components = "#/components/schemas/";
    private static readonly string[] Methods = ["get", "put", "post", "delete", "options", "head", "patch"];

    /// <summary>The document in version 3.</summary>
    /// <param name="v2">A document in version 2; not changed.</param>
    public static TreeMap ToV3(TreeMap v2)
    {
        var components = new TreeMap();
        if (v2.Map("definitions") is { } definitions)
        {
            components["schemas"] = Each(definitions, Schema);
        }

        if (v2.Map("securityDefinitions") is { } schemes)
        {
            components["securitySchemes"] = Each(schemes, static s => s);
        }

        var v3 = new TreeMap { ["openapi"] = "3.0.0" };
        Copy(v2, v3, "info");
        v3["paths"] = Each(v2.Map("paths") ?? new TreeMap(), Path);
        v3["components"] = components;
        return v3;
    }

    private static TreeMap Path(TreeMap item)
    {
        var path = new TreeMap();
        foreach (var method in Methods)
        {
            if (item.Map(method) is { } operation)
            {
                path[method] = Operation(operation);
            }
        }

        if (item.List("parameters") is { } parameters)
        {
            path["parameters"] = new TreeList(parameters.OfType<TreeMap>().Select(p => (Tree)Parameter(p)));
        }

        Extensions(item, path);
        return path;
    }

    private static TreeMap Operation(TreeMap given)
    {
        var operation = new TreeMap();
        Copy(given, operation, "tags", "summary", "description", "externalDocs", "operationId");
        var parameters = new TreeList();
        foreach (var parameter in given.List("parameters")?.OfType<TreeMap>() ?? [])
        {
            if (parameter.Text("name") == "body" && parameter.Map("schema") is { } body)
            {
                operation["requestBody"] = new TreeMap { ["content"] = Content(given.List("consumes"), body) };
            }
            else
            {
                parameters.Add(Parameter(parameter));
            }
        }

        if (parameters.Count > 0)
        {
            operation["parameters"] = parameters;
        }

        operation["responses"] = Each(given.Map("responses") ?? new TreeMap(), r => Response(r, given.List("produces")));
        Copy(given, operation, "deprecated");
        Extensions(given, operation);
        return operation;
    }

    private static TreeMap Response(TreeMap given, TreeList? produces)
    {
        var response = new TreeMap();
        Copy(given, response, "description");
        if (given.Map("schema") is { } schema)
        {
            response["content"] = Content(produces, schema);
        }

        Extensions(given, response);
        return response;
    }

    private static TreeMap Content(TreeList? types, TreeMap schema)
    {
        var content = new TreeMap();
        foreach (var type in types?.OfType<TreeString>() ?? [])
        {
            content[type.Value] = new TreeMap { ["schema"] = Schema(schema) };
        }

        return content;
    }

    private static TreeMap Parameter(TreeMap given)
    {
        var parameter = new TreeMap();
        Copy(given, parameter, "name", "in", "description", "required", "allowEmptyValue");
        var schema = given.Map("schema") is { } stated ? Schema(stated) : new TreeMap();
        if (schema.Count == 0)
        {
            Copy(given, schema, "type", "format", "uniqueItems");
        }

        parameter["schema"] = schema;
        Extensions(given, parameter);
        return parameter;
    }

    // A reference that says more than itself is put into allOf.
    private static TreeMap Schema(TreeMap given)
    {
        var schema = new TreeMap(given.Count);
        foreach (var (key, value) in given)
        {
            schema[key] = (key, value) switch
            {
                ("$ref", TreeString reference) => reference.Value.Replace(Definitions, Components, StringComparison.Ordinal),
                ("properties", TreeMap members) => Each(members, Schema),
                ("items" or "additionalProperties" or "additionalItems", TreeMap inner) => Schema(inner),
                ("items", TreeList several) => new TreeList(several.Select(s => s is TreeMap inner ? Schema(inner) : s)),
                _ => value,
            };
        }

        if (schema.Count > 1 && schema["$ref"] is TreeString target)
        {
            schema.Remove("$ref");
            schema["allOf"] = new TreeList([new TreeMap { ["$ref"] = target }]);
        }

        return schema;
    }

    private static TreeMap Each(TreeMap members, Func<TreeMap, TreeMap> converted)
    {
        var result = new TreeMap(members.Count);
        foreach (var (name, member) in members)
        {
            if (member is TreeMap map)
            {
                result[name] = converted(map);
            }
        }

        return result;
    }

    private static void Copy(TreeMap from, TreeMap to, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (from[key] is { } value)
            {
                to[key] = value;
            }
        }
    }

    private static void Extensions(TreeMap from, TreeMap to)
    {
        foreach (var (key, value) in from)
        {
            if (key.StartsWith("x-", StringComparison.Ordinal))
            {
                to[key] = value;
            }
        }
    }
}
