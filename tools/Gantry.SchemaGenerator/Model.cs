namespace Gantry.SchemaGenerator;

/// <summary>A field line of a description file.</summary>
internal sealed record FieldLine(string Numbers, string Name, string Cardinality, string Type, string Suffix, IReadOnlyDictionary<string, string> Attributes, string Description)
{
    public bool Has(string attribute) => Attributes.ContainsKey(attribute);

    public string Get(string attribute) => Attributes.GetValueOrDefault(attribute, "");

    /// <summary>The protobuf number; the outer one where the field lies in an inlined message.</summary>
    public int Number => int.Parse(Numbers.Split('.')[0], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The numbers within the inlined messages, the outermost first; none where there is no such message.</summary>
    public IEnumerable<int> InnerNumbers => Numbers.Split('.').Skip(1).Select(n => int.Parse(n, System.Globalization.CultureInfo.InvariantCulture));
}

internal sealed record SubresourceLine(string Name, string Group, string Version, string Kind, IReadOnlyList<string> Verbs);

internal sealed record ColumnLine(string Name, string Type, string Format, int Priority);

internal sealed record ResourceLine(string Plural, string Singular, bool Namespaced, IReadOnlyDictionary<string, string> Attributes);

/// <summary>A type or kind block of a description file.</summary>
internal sealed class TypeBlock
{
    public required string Package { get; init; }
    public required string OpenApiPackage { get; init; }
    public required string Group { get; init; }
    public required string Name { get; init; }
    public required bool IsKind { get; init; }
    public required bool Atomic { get; init; }
    /// <summary>Whether objects of the type say their kind and version.</summary>
    public required bool IsRoot { get; init; }
    public required string Place { get; init; }
    public string Description { get; set; } = "";
    public ResourceLine? Resource { get; set; }
    public List<SubresourceLine> Subresources { get; } = [];
    public List<ColumnLine> Columns { get; } = [];
    public List<FieldLine> Fields { get; } = [];

    /// <summary><c>core/v1.Pod</c></summary>
    public string FullName => Package + "." + Name;

    public string Version => Package[(Package.IndexOf('/') + 1)..];

    public string PackageGroup => Package[..Package.IndexOf('/')];
}
