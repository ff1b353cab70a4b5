using System.Text.RegularExpressions;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;

namespace Gantry.Server.CustomResources;

/// <summary>The schema of a custom resource (OpenAPI v3, structural form), read once. Immutable.</summary>
internal sealed class StructuralSchema
{
    // Patterns come from users; one that takes that long on one value is refused like one that does not match.
    private static readonly TimeSpan PatternPatience = TimeSpan.FromMilliseconds(250);

    private StructuralSchema(TreeMap source)
    {
        Type = source.Text("type") ?? "";
        Nullable = Flag(source, "nullable");
        IntOrString = Flag(source, "x-kubernetes-int-or-string");
        PreservesUnknown = Flag(source, "x-kubernetes-preserve-unknown-fields");
        IsEmbedded = Flag(source, "x-kubernetes-embedded-resource");
        ListType = source.Text("x-kubernetes-list-type") ?? "";
        MapType = source.Text("x-kubernetes-map-type") ?? "";
        ListKeys = Texts(source, "x-kubernetes-list-map-keys");
        Required = Texts(source, "required");
        Properties = (source.Map("properties") ?? new TreeMap()).Where(p => p.Value is TreeMap).ToDictionary(p => p.Key, p => new StructuralSchema((TreeMap)p.Value), StringComparer.Ordinal);
        Additional = source["additionalProperties"] is TreeMap additional ? new StructuralSchema(additional) : null;
        AllowsAdditional = source["additionalProperties"] is TreeMap or TreeBool { Value: true };
        Items = source["items"] is TreeMap items ? new StructuralSchema(items) : null;
        Default = source["default"] is TreeNull ? null : source["default"];
        Enum = source.List("enum");
        Format = source.Text("format") ?? "";
        PatternText = source.Text("pattern") ?? "";
        Pattern = PatternText.Length == 0 ? null : Compile(PatternText);
        Minimum = Number(source, "minimum");
        Maximum = Number(source, "maximum");
        MultipleOf = Number(source, "multipleOf");
        ExclusiveMinimum = Flag(source, "exclusiveMinimum");
        ExclusiveMaximum = Flag(source, "exclusiveMaximum");
        (MinLength, MaxLength) = (Count(source, "minLength"), Count(source, "maxLength"));
        (MinItems, MaxItems) = (Count(source, "minItems"), Count(source, "maxItems"));
        (MinProperties, MaxProperties) = (Count(source, "minProperties"), Count(source, "maxProperties"));
        UniqueItems = Flag(source, "uniqueItems");
        AllOf = Many(source, "allOf");
        AnyOf = Many(source, "anyOf");
        OneOf = Many(source, "oneOf");
        Not = source["not"] is TreeMap not ? new StructuralSchema(not) : null;
    }

    public string Type { get; }

    public bool Nullable { get; }

    public bool IntOrString { get; }

    public bool PreservesUnknown { get; }

    /// <summary>Whether the value is a whole object with apiVersion, kind and metadata.</summary>
    public bool IsEmbedded { get; }

    public string ListType { get; }

    public string MapType { get; }

    public IReadOnlyList<string> ListKeys { get; }

    public IReadOnlyList<string> Required { get; }

    public IReadOnlyDictionary<string, StructuralSchema> Properties { get; }

    public StructuralSchema? Additional { get; }

    public bool AllowsAdditional { get; }

    public StructuralSchema? Items { get; }

    /// <summary>Shared, so not to be changed.</summary>
    public Tree? Default { get; }

    public TreeList? Enum { get; }

    public string Format { get; }

    public string PatternText { get; }

    public Regex? Pattern { get; }

    public double? Minimum { get; }

    public double? Maximum { get; }

    public double? MultipleOf { get; }

    public bool ExclusiveMinimum { get; }

    public bool ExclusiveMaximum { get; }

    public long? MinLength { get; }

    public long? MaxLength { get; }

    public long? MinItems { get; }

    public long? MaxItems { get; }

    public long? MinProperties { get; }

    public long? MaxProperties { get; }

    public bool UniqueItems { get; }

    public IReadOnlyList<StructuralSchema> AllOf { get; }

    public IReadOnlyList<StructuralSchema> AnyOf { get; }

    public IReadOnlyList<StructuralSchema> OneOf { get; }

    public StructuralSchema? Not { get; }

    public static StructuralSchema Of(TreeMap source) => new(source);

    private static IReadOnlyList<StructuralSchema> Many(TreeMap source, string key) => [.. source.Items(key).Select(s => new StructuralSchema(s))];

    private static bool Flag(TreeMap source, string key) => source[key] is TreeBool { Value: true };

    private static IReadOnlyList<string> Texts(TreeMap source, string key) => [.. (source.List(key) ?? []).OfType<TreeString>().Select(t => t.Value)];

    private static double? Number(TreeMap source, string key) => source[key] switch
    {
        TreeInteger integer => integer.Value,
        TreeFloat real => real.Value,
        _ => null,
    };

    private static long? Count(TreeMap source, string key) => source[key] is TreeInteger integer ? integer.Value : null;

    private static Regex? Compile(string pattern)
    {
        try
        {
            // Linear in the length of the text, and without what the API's own patterns do not have either (references back, looking ahead).
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, PatternPatience);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            // The definition's validation names it; a schema that is stored already must not break reading.
            return null;
        }
    }
}
