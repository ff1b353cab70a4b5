using Gantry.Api.Apply;
using Gantry.Api.Schemas;
using Gantry.Api.Schemas.Generated;
using Gantry.Api.Trees;

namespace Gantry.Server.CustomResources;

/// <summary>How server-side apply merges custom resources, from their schema.</summary>
internal static class CustomShapes
{
    private static readonly ScalarShape Text = new(ScalarKind.String);
    private static readonly ScalarShape Number = new(ScalarKind.Numeric);
    private static readonly ScalarShape Truth = new(ScalarKind.Boolean);
    private static readonly ScalarShape Untyped = new(ScalarKind.Untyped);

    // What every embedded object has.
    private static readonly Dictionary<string, MapField> Embedded = new(StringComparer.Ordinal)
    {
        ["apiVersion"] = new(PathElement.Field("apiVersion"), Text),
        ["kind"] = new(PathElement.Field("kind"), Text),
        ["metadata"] = new(PathElement.Field("metadata"), ApplyShape.Of(ApiTypes.V1ObjectMeta)),
    };

    /// <summary>The shape of the whole object.</summary>
    /// <param name="type">Describes apiVersion, kind and metadata.</param>
    /// <param name="schema">Describes the rest; null where nothing does.</param>
    public static MapShape Of(TypeSchema type, StructuralSchema? schema)
    {
        var common = ApplyShape.Of(type);
        return new MapShape(atomic: false, name => common.Find(name) ?? Member(schema, name), schema is null or { PreservesUnknown: true } ? ApplyShape.Deduced : null);
    }

    // Made when first asked for: most members of most kinds never are.
    private static MapField? Member(StructuralSchema? schema, string name) =>
        schema?.Properties.GetValueOrDefault(name) is { } member ? member.AsMember ??= new MapField(PathElement.Field(name), Shape(member)) : null;

    private static ApplyShape Shape(StructuralSchema schema)
    {
        if (schema.IntOrString)
        {
            return Untyped;
        }

        switch (schema.Type)
        {
            case "string":
                return Text;
            case "integer" or "number":
                return Number;
            case "boolean":
                return Truth;
            case "array":
                var item = schema.Items is null ? ApplyShape.Deduced : Shape(schema.Items);
                return schema.ListType switch
                {
                    "set" => new ListShape(item, ListMerging.Set, []),
                    "map" => new ListShape(item, ListMerging.Keyed, [.. schema.ListKeys.Select(k => new ListKey(k, schema.Items?.Properties.GetValueOrDefault(k)?.Default))]),
                    _ => new ListShape(item, ListMerging.Atomic, []),
                };
            case "object":
                var others = schema.Additional is { } additional ? Shape(additional) : schema.PreservesUnknown ? ApplyShape.Deduced : null;
                return new MapShape(schema.MapType == "atomic", schema.IsEmbedded ? name => Embedded.GetValueOrDefault(name) ?? Member(schema, name) : name => Member(schema, name), others);
            default:
                return ApplyShape.Deduced;
        }
    }
}
