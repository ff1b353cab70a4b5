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
        var free = schema is null or { PreservesUnknown: true };
        return new MapShape(atomic: false, name => common.Find(name) ?? Member(schema, name, free), free ? ApplyShape.Deduced : null);
    }

    // Made when first asked for: most members of most kinds never are. Each schema has one place, so what is free above it is always the same.
    private static MapField? Member(StructuralSchema? schema, string name, bool free) =>
        schema?.Properties.GetValueOrDefault(name) is { } member ? member.AsMember ??= new MapField(PathElement.Field(name), Shape(member, free)) : null;

    /// <param name="schema">Describes the value.</param>
    /// <param name="free">Whether unknown members are allowed in an object above, and so in all below.</param>
    private static ApplyShape Shape(StructuralSchema schema, bool free)
    {
        free |= schema.PreservesUnknown;
        switch (schema.IntOrString ? "" : schema.Type)
        {
            case "string":
                return Text;
            case "integer" or "number":
                return Number;
            case "boolean":
                return Truth;
            case "array":
                var item = schema.Items is null ? ApplyShape.Whole : Shape(schema.Items, free);
                return schema.ListType switch
                {
                    "set" => new ListShape(item, ListMerging.Set, []),
                    "map" => new ListShape(item, ListMerging.Keyed, [.. schema.ListKeys.Select(k => new ListKey(k, schema.Items?.Properties.GetValueOrDefault(k)?.Default))]),
                    _ => new ListShape(item, ListMerging.Atomic, []),
                };
            case "object":
                return new MapShape(
                    schema.MapType == "atomic",
                    schema.IsEmbedded ? name => Embedded.GetValueOrDefault(name) ?? Member(schema, name, free) : name => Member(schema, name, free),
                    Others(schema, free),
                    schema.Properties.Count > 0 || schema.IsEmbedded);
            default:
                return ApplyShape.Deduced;
        }
    }

    // What describes no member at all describes objects of any members.
    private static ApplyShape? Others(StructuralSchema schema, bool free) => schema switch
    {
        { Additional: { } additional } => Shape(additional, free),
        { ForbidsAdditional: true } => null,
        { AllowsAdditional: true } => ApplyShape.Deduced,
        _ => free || (schema.Properties.Count == 0 && !schema.IsEmbedded) ? ApplyShape.Deduced : null,
    };
}
