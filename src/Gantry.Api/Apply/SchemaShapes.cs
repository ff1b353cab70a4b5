using Gantry.Api.Schemas;
using Gantry.Api.Trees;

namespace Gantry.Api.Apply;

/// <summary>Shapes from the descriptions of the API's types.</summary>
internal static class SchemaShapes
{
    private static readonly ScalarShape Text = new(ScalarKind.String);
    private static readonly ScalarShape Number = new(ScalarKind.Numeric);
    private static readonly ScalarShape Truth = new(ScalarKind.Boolean);
    private static readonly ScalarShape Untyped = new(ScalarKind.Untyped);

    public static MapShape Of(TypeSchema type, bool atomic) =>
        new(atomic, name => type.Find(name)?.ApplyField, type.PreservesUnknown ? ApplyShape.Deduced : null);

    public static MapField Of(FieldSchema field) => new(PathElement.Field(field.Name), Shape(field));

    private static ApplyShape Shape(FieldSchema field)
    {
        var atomic = field.MergeType == MergeType.Atomic;
        return field.Cardinality switch
        {
            Cardinality.List => List(field),
            Cardinality.Map => new MapShape(atomic, _ => null, One(field, atomic: false)),
            _ => One(field, atomic),
        };
    }

    private static ListShape List(FieldSchema field)
    {
        var item = One(field, atomic: false);
        return field.MergeType switch
        {
            MergeType.Set => new ListShape(item, ListMerging.Set, []),
            MergeType.Keyed => new ListShape(item, ListMerging.Keyed, [.. field.MergeKeys.Select(k => Key(field, k))]),
            // A list that says nothing about apply merges as strategic merge patches merge it.
            MergeType.Default when field.PatchMerges && field.PatchMergeKey.Length > 0 => new ListShape(item, ListMerging.Keyed, [Key(field, field.PatchMergeKey)]),
            MergeType.Default when field.PatchMerges => new ListShape(item, ListMerging.Set, []),
            _ => new ListShape(item, ListMerging.Atomic, []),
        };
    }

    // What is always written has its zero value for a default in the Go server's schema; the name of an object of the same namespace has one although it is not.
    private static ListKey Key(FieldSchema list, string name) => new(name, list.HasType && list.Type.Find(name) is { } key
        ? key.DefaultTree ?? (key.Presence == Presence.Always || list.Type.Name == "v1.LocalObjectReference" ? Zero.Of(key) : null)
        : null);

    private static ApplyShape One(FieldSchema field, bool atomic) => field.Kind switch
    {
        ValueKind.Object when field.Cardinality == Cardinality.One && field.MergeType == MergeType.Granular => Of(field.Type, atomic: false),
        ValueKind.Object => atomic ? Of(field.Type, atomic: true) : field.Type.ApplyShape,
        ValueKind.Any => field.Any == AnyForm.RawExtension ? ApplyShape.Whole : ApplyShape.Deduced,
        ValueKind.Int32 or ValueKind.Int64 or ValueKind.Double => Number,
        ValueKind.Bool => Truth,
        ValueKind.IntOrString or ValueKind.Quantity or ValueKind.Time or ValueKind.MicroTime => Untyped,
        _ => Text,
    };
}
