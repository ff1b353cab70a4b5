using Gantry.Api.Trees;

namespace Gantry.Api.OpenApi;

/// <summary>The schemas of custom resources for readers of the older document form.</summary>
internal static class CustomSchemas
{
    private static readonly string[] Unknown = ["default", "oneOf", "anyOf", "not", "nullable", "allOf"];

    /// <summary>The schema without what Swagger 2.0 cannot say; a place that may hold null or anything says nothing of its type.</summary>
    public static TreeMap ForV2(TreeMap schema)
    {
        var result = new TreeMap(schema.Count);
        var free = schema["nullable"] is TreeBool { Value: true } || schema["x-kubernetes-int-or-string"] is TreeBool { Value: true }
            || schema["x-kubernetes-preserve-unknown-fields"] is TreeBool { Value: true };
        foreach (var (key, value) in schema)
        {
            if (Unknown.Contains(key, StringComparer.Ordinal) || (free && (key is "type" or "items" or "properties")))
            {
                continue;
            }
            result.Add(key, (key, value) switch
            {
                ("properties", TreeMap members) => Each(members),
                ("items" or "additionalProperties", TreeMap inner) => ForV2(inner),
                _ => value,
            });
        }
        return result;
    }

    private static TreeMap Each(TreeMap members)
    {
        var result = new TreeMap(members.Count);
        foreach (var (name, member) in members)
        {
            result.Add(name, member is TreeMap schema ? ForV2(schema) : member);
        }
        return result;
    }
}
