using Gantry.Api.Cel.Syntax;
using Gantry.Api.Trees;

namespace Gantry.Api.Cel;

/// <summary>Types of structural schemas. The sizes are those that fit into the largest request.</summary>
internal static class StructuralTypes
{
    /// <summary>The largest request there is, in bytes.</summary>
    public const long LargestRequest = 3 * 1024 * 1024;

    private const long DateSize = 12;
    private const long LongestTime = 32;
    private const long ShortestTime = 21;
    private const long ShortestDuration = 3;
    private const long ShortestText = 2;
    private const long ShortestFlag = 4;
    private const long BytesPerCharacter = 4;

    public static CelType? Of(TreeMap schema, bool isResource, string name)
    {
        var nullable = Flag(schema, "nullable");
        if (Flag(schema, "x-kubernetes-int-or-string"))
        {
            return CelType.Simple(CelTypeKind.Dyn, new() { MaxElements = Characters(schema) ?? LargestRequest - 2, Nullable = nullable });
        }
        return schema.Text("type") switch
        {
            "array" => List(schema, nullable, name),
            "object" => schema["additionalProperties"] is TreeMap values ? Map(schema, values, nullable, name) : Struct(schema, isResource, nullable, name),
            "string" => Text(schema, nullable),
            "boolean" => CelType.Simple(CelTypeKind.Bool, new() { MinSerializedSize = ShortestFlag, Nullable = nullable }),
            "number" => CelType.Simple(CelTypeKind.Double, new() { Nullable = nullable }),
            "integer" => CelType.Simple(CelTypeKind.Int, new() { Nullable = nullable }),
            _ => null,
        };
    }

    private static CelType? List(TreeMap schema, bool nullable, string name)
    {
        if (schema["items"] is not TreeMap items || Of(items, Flag(items, "x-kubernetes-embedded-resource"), name + ".@idx") is not { } item)
        {
            return null;
        }
        return CelType.ListOf(item, new()
        {
            MaxElements = Count(schema, "maxItems") ?? (LargestRequest - 2) / (item.MinSerializedSize + 1),
            MinSerializedSize = ShortestText,
            Nullable = nullable,
            ListType = schema.Text("x-kubernetes-list-type") ?? "",
            ListKeys = [.. (schema.List("x-kubernetes-list-map-keys") ?? []).OfType<TreeString>().Select(k => CelNames.Escape(k.Value) ?? k.Value)],
        });
    }

    private static CelType? Map(TreeMap schema, TreeMap values, bool nullable, string name)
    {
        if (Of(values, Flag(values, "x-kubernetes-embedded-resource"), name + ".@elem") is not { } value)
        {
            return null;
        }
        // A key of two bytes, its quotes, a colon and a comma stand before each value.
        var most = Count(schema, "maxProperties") ?? (LargestRequest - 2) / (value.MinSerializedSize + 6);
        return CelType.MapOf(value, new() { MaxElements = most, MinSerializedSize = ShortestText, Nullable = nullable });
    }

    private static CelType Struct(TreeMap schema, bool isResource, bool nullable, string name)
    {
        var properties = schema.Map("properties") ?? new TreeMap();
        properties = isResource ? WithMeta(properties) : properties;
        var required = (schema.List("required") ?? []).OfType<TreeString>().Select(r => r.Value).ToHashSet(StringComparer.Ordinal);
        var fields = new Dictionary<string, CelField>(StringComparer.Ordinal);
        var smallest = ShortestText;
        foreach (var (property, value) in properties)
        {
            var escaped = CelNames.Escape(property);
            if (value is not TreeMap inner || Of(inner, Flag(inner, "x-kubernetes-embedded-resource"), $"{name}.{escaped ?? property}") is not { } type)
            {
                continue;
            }
            if (escaped is not null)
            {
                fields[escaped] = new CelField(property, type);
            }
            if (required.Contains(property) && inner["default"] is null or TreeNull)
            {
                smallest += System.Text.Encoding.UTF8.GetByteCount(property) + type.MinSerializedSize + 4;
            }
        }
        return CelType.StructOf(name, () => fields, new() { MinSerializedSize = smallest, Nullable = nullable });
    }

    private static TreeMap WithMeta(TreeMap properties)
    {
        static bool Is(TreeMap? map, string key, string type) => map?.Map(key)?.Text("type") == type;
        var meta = properties.Map("metadata")?.Map("properties");
        if (Is(properties, "kind", "string") && Is(properties, "apiVersion", "string") && Is(properties, "metadata", "object") && Is(meta, "name", "string") && Is(meta, "generateName", "string"))
        {
            return properties;
        }
        var text = new TreeMap { ["type"] = "string" };
        return properties.With("kind", text).With("apiVersion", text)
            .With("metadata", new TreeMap { ["type"] = "object", ["properties"] = new TreeMap { ["name"] = text, ["generateName"] = text } });
    }

    private static CelType Text(TreeMap schema, bool nullable)
    {
        switch (schema.Text("format"))
        {
            case "byte":
                return CelType.Simple(CelTypeKind.Bytes, new() { MaxElements = Count(schema, "maxLength") ?? LargestRequest - 2, MinSerializedSize = ShortestText, Nullable = nullable });
            case "duration":
                return CelType.Simple(CelTypeKind.Duration, new() { MaxElements = LongestTime, MinSerializedSize = ShortestDuration, Nullable = nullable });
            case "date":
                return CelType.Simple(CelTypeKind.Timestamp, new() { MaxElements = DateSize, MinSerializedSize = DateSize, Nullable = nullable, DateOnly = true });
            case "date-time":
                return CelType.Simple(CelTypeKind.Timestamp, new() { MaxElements = LongestTime, MinSerializedSize = ShortestTime, Nullable = nullable });
        }
        var most = Characters(schema);
        if (most is null && schema.List("enum") is { Count: > 0 } values)
        {
            most = values.OfType<TreeString>().Select(v => (long)System.Text.Encoding.UTF8.GetByteCount(v.Value)).DefaultIfEmpty(0).Max();
        }
        return CelType.Simple(CelTypeKind.String, new() { MaxElements = most ?? LargestRequest - 2, MinSerializedSize = ShortestText, Nullable = nullable });
    }

    private static long? Characters(TreeMap schema) => Count(schema, "maxLength") is { } most ? most * BytesPerCharacter : null;

    private static long? Count(TreeMap schema, string key) => schema[key] is TreeInteger count ? Math.Max(0, count.Value) : null;

    private static bool Flag(TreeMap schema, string key) => schema[key] is TreeBool { Value: true };
}
