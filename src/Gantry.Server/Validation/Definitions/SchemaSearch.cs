using System.Text.Json;
using Gantry.Api.Models;

namespace Gantry.Server.Validation.Definitions;

/// <summary>Looks into every schema inside of a schema.</summary>
internal static class SchemaSearch
{
    public static bool Any(V1JSONSchemaProps schema, Func<V1JSONSchemaProps, bool> wanted) => wanted(schema) || Below(schema).Any(s => Any(s, wanted));

    private static IEnumerable<V1JSONSchemaProps> Below(V1JSONSchemaProps schema)
    {
        IEnumerable<V1JSONSchemaProps> below = [.. schema.Properties.Values, .. schema.AllOf, .. schema.AnyOf, .. schema.OneOf];
        below = schema.Not is { } not ? below.Append(not) : below;
        foreach (var free in (JsonElement?[])[schema.Items, schema.AdditionalProperties])
        {
            below = free is { ValueKind: JsonValueKind.Object } found ? below.Append(Read(found)) : below;
        }

        return below;
    }

    private static V1JSONSchemaProps Read(JsonElement element)
    {
        var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(element.GetRawText()));
        reader.Read();
        return V1JSONSchemaProps.Read(ref reader);
    }
}
