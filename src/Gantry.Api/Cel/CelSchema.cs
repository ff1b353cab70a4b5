using System.Collections.Concurrent;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;

namespace Gantry.Api.Cel;

/// <summary>The types of objects, from their schemas.</summary>
public static class CelSchema
{
    private static readonly ConcurrentDictionary<TypeSchema, CelType> BuiltIn = new();

    /// <summary>The type of objects that a structural schema (OpenAPI v3) describes, with the sizes it allows (apiserver <c>pkg/cel/common/schemas.go</c>).</summary>
    /// <param name="schema">The schema as a definition states it.</param>
    /// <param name="isResource">Whether it is that of a whole object: apiVersion, kind and the name in metadata can then be used although it does not name them.</param>
    /// <param name="name">The name of the type in error texts; those within it are named by their way from it.</param>
    /// <returns>Null where the schema is of no use to expressions: no type, or a list of what has none.</returns>
    public static CelType? Of(TreeMap schema, bool isResource, string name = "selfType") => StructuralTypes.Of(schema, isResource, name);

    /// <summary>The type of a built-in kind.</summary>
    public static CelType Of(ResourceType resource) => Of(resource.Schema);

    /// <summary>The type of an object of the API.</summary>
    public static CelType Of(TypeSchema schema) => BuiltIn.GetOrAdd(schema, static s => CelType.Struct(s.OpenApiName, () => Fields(s)));

    private static Dictionary<string, CelField> Fields(TypeSchema schema)
    {
        var fields = new Dictionary<string, CelField>(StringComparer.Ordinal);
        foreach (var field in schema.Fields)
        {
            if (Syntax.CelNames.Escape(field.Name) is { } name)
            {
                fields[name] = new CelField(field.Name, Of(field));
            }
        }
        return fields;
    }

    private static CelType Of(FieldSchema field)
    {
        var one = field.Kind switch
        {
            ValueKind.String or ValueKind.Duration => CelType.String,
            ValueKind.Int32 or ValueKind.Int64 => CelType.Int,
            ValueKind.Double => CelType.Double,
            ValueKind.Bool => CelType.Bool,
            ValueKind.Bytes => CelType.Bytes,
            ValueKind.Time or ValueKind.MicroTime => CelType.Timestamp,
            ValueKind.Object => Of(field.Type),
            _ => CelType.Dyn,
        };
        return field.Cardinality switch
        {
            Cardinality.List => CelType.List(one),
            Cardinality.Map => CelType.Map(CelType.String, one),
            _ => one,
        };
    }
}
