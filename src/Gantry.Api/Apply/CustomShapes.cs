using Gantry.Api.Schemas.Generated;
using Gantry.Api.Trees;

namespace Gantry.Api.Apply;

/// <summary>Shapes from the schemas of custom resources (apiextensions/v1 JSONSchemaProps, structural).</summary>
public static class CustomShapes
{
    private static readonly ScalarShape Text = new(ScalarKind.String);
    private static readonly ScalarShape Untyped = new(ScalarKind.Untyped);

    /// <summary>The shape of the objects of a custom resource; apiVersion, kind and metadata are those of every object.</summary>
    /// <param name="schema">The <c>openAPIV3Schema</c> of its version; null where anything is allowed.</param>
    public static ApplyShape OfRoot(TreeMap? schema) =>
        schema is null ? new MapShape(atomic: false, Common, ApplyShape.Deduced) : Object(schema, implied: true);

    private static MapField? Common(string name) => name switch
    {
        "apiVersion" or "kind" => new MapField(PathElement.Field(name), Text),
        "metadata" => new MapField(PathElement.Field(name), ApplyShape.Of(ApiTypes.Find("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")!)),
        _ => null,
    };

    private static ApplyShape Of(TreeMap schema)
    {
        if (IsSet(schema, "x-kubernetes-int-or-string"))
        {
            return Untyped;
        }
        switch (schema.Text("type"))
        {
            case "object":
                return Object(schema, IsSet(schema, "x-kubernetes-embedded-resource"));
            case "array":
                return List(schema);
            case "string":
                return Text;
            case "integer" or "number":
                return new ScalarShape(ScalarKind.Numeric);
            case "boolean":
                return new ScalarShape(ScalarKind.Boolean);
            default:
                return ApplyShape.Deduced;
        }
    }

    private static MapShape Object(TreeMap schema, bool implied)
    {
        var fields = new Dictionary<string, MapField>(StringComparer.Ordinal);
        foreach (var (name, property) in schema.Map("properties") ?? new TreeMap())
        {
            if (property is TreeMap described)
            {
                fields[name] = new MapField(PathElement.Field(name), Of(described));
            }
        }
        var others = IsSet(schema, "x-kubernetes-preserve-unknown-fields") ? ApplyShape.Deduced
            : schema["additionalProperties"] switch
            {
                TreeMap values => Of(values),
                TreeBool { Value: true } => ApplyShape.Deduced,
                _ => null,
            };
        return new MapShape(schema.Text("x-kubernetes-map-type") == "atomic", name => (implied ? Common(name) : null) ?? fields.GetValueOrDefault(name), others);
    }

    private static ListShape List(TreeMap schema)
    {
        var item = schema.Map("items");
        var shape = item is null ? ApplyShape.Deduced : Of(item);
        return schema.Text("x-kubernetes-list-type") switch
        {
            "set" => new ListShape(shape, ListMerging.Set, []),
            "map" => new ListShape(shape, ListMerging.Keyed,
                [.. (schema.List("x-kubernetes-list-map-keys") ?? new TreeList()).OfType<TreeString>().Select(k => new ListKey(k.Value, item?.Map("properties")?.Map(k.Value)?["default"]))]),
            _ => new ListShape(shape, ListMerging.Atomic, []),
        };
    }

    private static bool IsSet(TreeMap schema, string flag) => schema[flag] is TreeBool { Value: true };
}
