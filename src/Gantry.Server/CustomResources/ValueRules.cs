using System.Text.RegularExpressions;
using Gantry.Api;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;

namespace Gantry.Server.CustomResources;

/// <summary>What a schema asks of values besides their type. Most schemas ask nothing, so that these are apart. Immutable.</summary>
public sealed class ValueRules
{
    private static readonly string[] Keys =
    [
        "enum", "format", "pattern", "minimum", "maximum", "multipleOf", "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
        "uniqueItems", "allOf", "anyOf", "oneOf", "not", "required",
    ];

    private readonly string _pattern;
    private Regex? _compiled;

    private ValueRules(TreeMap source)
    {
        Required = Texts(source, "required");
        Enum = source.List("enum");
        Format = TextFormats.Known(source.Text("format") ?? "");
        _pattern = source.Text("pattern") ?? "";
        Minimum = Number(source, "minimum");
        Maximum = Number(source, "maximum");
        MultipleOf = Number(source, "multipleOf");
        ExclusiveMinimum = source["exclusiveMinimum"] is TreeBool { Value: true };
        ExclusiveMaximum = source["exclusiveMaximum"] is TreeBool { Value: true };
        (MinLength, MaxLength) = (Count(source, "minLength"), Count(source, "maxLength"));
        (MinItems, MaxItems) = (Count(source, "minItems"), Count(source, "maxItems"));
        (MinProperties, MaxProperties) = (Count(source, "minProperties"), Count(source, "maxProperties"));
        UniqueItems = source["uniqueItems"] is TreeBool { Value: true };
        AllOf = Many(source, "allOf");
        AnyOf = Many(source, "anyOf");
        OneOf = Many(source, "oneOf");
        Not = source["not"] is TreeMap not ? StructuralSchema.Of(not) : null;
    }

    public IReadOnlyList<string> Required { get; }

    public TreeList? Enum { get; }

    /// <summary>The format as the schema states it; empty where it is none that is checked.</summary>
    public string Format { get; }

    public string PatternText => _pattern;

    /// <summary>The expression that texts must contain a match of; null where there is none, or where it is none (which definitions are not accepted with).</summary>
    public Regex? Pattern => _pattern.Length == 0 ? null : _compiled ??= GoPattern.Compile(_pattern).Pattern;

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

    /// <summary>The rules of a schema, or null where it has none.</summary>
    public static ValueRules? Of(TreeMap source) => Keys.Any(source.Contains) ? new ValueRules(source) : null;

    private static IReadOnlyList<StructuralSchema> Many(TreeMap source, string key) => source.List(key) is null ? [] : [.. source.Items(key).Select(StructuralSchema.Of)];

    private static IReadOnlyList<string> Texts(TreeMap source, string key) => source.List(key) is { } list ? [.. list.OfType<TreeString>().Select(t => t.Value)] : [];

    private static double? Number(TreeMap source, string key) => source[key] switch
    {
        TreeInteger integer => integer.Value,
        TreeFloat real => real.Value,
        _ => null,
    };

    private static long? Count(TreeMap source, string key) => source[key] is TreeInteger integer ? integer.Value : null;
}
