using System.Collections.Frozen;
using Gantry.Api.Apply;
using Gantry.Api.Trees;
using Gantry.Server.CustomResources.Expressions;
using Gantry.Server.Defaulting;

namespace Gantry.Server.CustomResources;

/// <summary>The schema of a custom resource (OpenAPI v3, structural form), read once. Immutable.</summary>
public sealed class StructuralSchema
{
    private static readonly IReadOnlyDictionary<string, StructuralSchema> None = FrozenDictionary<string, StructuralSchema>.Empty;

    private StructuralSchema(TreeMap source)
    {
        Source = source;
        Type = Known(source.Text("type"));
        Nullable = Flag(source, "nullable");
        IntOrString = Flag(source, "x-kubernetes-int-or-string");
        PreservesUnknown = Flag(source, "x-kubernetes-preserve-unknown-fields");
        IsEmbedded = Flag(source, "x-kubernetes-embedded-resource");
        ListType = source.Text("x-kubernetes-list-type") ?? "";
        MapType = source.Text("x-kubernetes-map-type") ?? "";
        ListKeys = source.List("x-kubernetes-list-map-keys") is { } keys ? [.. keys.OfType<TreeString>().Select(t => t.Value)] : [];
        Properties = source.Map("properties") is { Count: > 0 } members
            ? members.Where(p => p.Value is TreeMap).ToDictionary(p => p.Key, p => new StructuralSchema((TreeMap)p.Value), StringComparer.Ordinal) : None;
        Additional = source["additionalProperties"] is TreeMap additional ? new StructuralSchema(additional) : null;
        AllowsAdditional = source["additionalProperties"] is TreeMap or TreeBool { Value: true };
        ForbidsAdditional = source["additionalProperties"] is TreeBool { Value: false };
        Items = source["items"] is TreeMap items ? new StructuralSchema(items) : null;
        Default = source["default"] is TreeNull ? null : source["default"];
        Rules = ValueRules.Of(source);
        HoldsEmbedded = IsEmbedded || Below.Any(s => s.HoldsEmbedded);
        HoldsKeyed = ListType is "set" or "map" || Below.Any(s => s.HoldsKeyed);
        HoldsRules = source.List(ValidationRule.Key) is { Count: > 0 } || Below.Any(s => s.HoldsRules);
        HoldsDefaults = Default is not null || Below.Any(s => s.HoldsDefaults);
    }

    /// <summary>The schema as it is stated. Not to be changed.</summary>
    public TreeMap Source { get; }

    public string Type { get; }

    public bool Nullable { get; }

    public bool IntOrString { get; }

    public bool PreservesUnknown { get; }

    /// <summary>Whether the value is a whole object with apiVersion, kind and metadata.</summary>
    public bool IsEmbedded { get; }

    public string ListType { get; }

    public string MapType { get; }

    public IReadOnlyList<string> ListKeys { get; }

    public IReadOnlyDictionary<string, StructuralSchema> Properties { get; }

    public StructuralSchema? Additional { get; }

    public bool AllowsAdditional { get; }

    /// <summary>Whether members that are not described are refused (additionalProperties is false).</summary>
    public bool ForbidsAdditional { get; }

    public StructuralSchema? Items { get; }

    /// <summary>Shared, so not to be changed.</summary>
    public Tree? Default { get; }

    /// <summary>What is asked of values besides their type; null for nothing.</summary>
    public ValueRules? Rules { get; }

    /// <summary>Whether values may hold, here or below, whole objects; lists whose items are unique; values that are set where none is given.</summary>
    public bool HoldsEmbedded { get; }

    /// <inheritdoc cref="HoldsEmbedded"/>
    public bool HoldsKeyed { get; }

    /// <inheritdoc cref="HoldsEmbedded"/>
    public bool HoldsDefaults { get; }

    /// <summary>Whether values are checked, here or below, by expressions.</summary>
    public bool HoldsRules { get; }

    /// <summary>How apply sees the value as a member of its object; made when it is first asked for.</summary>
    internal MapField? AsMember { get; set; }

    public static StructuralSchema Of(TreeMap source) => new(source);

    /// <summary>The schema of a member, whether it is described by name or not; null where nothing describes it.</summary>
    public StructuralSchema? Member(string name) => Properties.GetValueOrDefault(name) ?? Additional;

    private IEnumerable<StructuralSchema> Below
    {
        get
        {
            foreach (var property in Properties.Values)
            {
                yield return property;
            }

            if (Additional is not null)
            {
                yield return Additional;
            }

            if (Items is not null)
            {
                yield return Items;
            }
        }
    }

    // The few words there are, once.
    private static string Known(string? type) => type switch
    {
        null => "",
        "object" => "object",
        "array" => "array",
        "string" => "string",
        "integer" => "integer",
        "number" => "number",
        "boolean" => "boolean",
        _ => type,
    };

    private static bool Flag(TreeMap source, string key) => source[key] is TreeBool { Value: true };
}
