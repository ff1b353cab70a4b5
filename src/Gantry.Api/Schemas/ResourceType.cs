namespace Gantry.Api.Schemas;

/// <summary>A column of the Table form of a list (meta/v1 TableColumnDefinition).</summary>
public sealed record TableColumn(string Name, string Type, string Format, int Priority, string Description);

/// <summary>A subresource as discovery shows it.</summary>
/// <param name="Name">Such as <c>status</c> or <c>scale</c>.</param>
/// <param name="Kind">The kind it reads and writes.</param>
/// <param name="Group">The kind's group where it differs from the parent's, else null.</param>
/// <param name="Version">The kind's version where it differs from the parent's, else null.</param>
/// <param name="Verbs">The verbs it allows, in alphabetical order.</param>
public sealed record Subresource(string Name, string Kind, string? Group, string? Version, IReadOnlyList<string> Verbs);

/// <summary>A resource as it is served: one group, version and plural.</summary>
public sealed class ResourceType
{
    private readonly Func<TypeSchema> _schema;

    public ResourceType(string group, string version, string kind, string plural, bool namespaced, Func<TypeSchema> schema)
    {
        Group = group;
        Version = version;
        Kind = kind;
        Plural = plural;
        Namespaced = namespaced;
        _schema = schema;
    }

    /// <summary>Empty for the core group.</summary>
    public string Group { get; }

    public string Version { get; }

    public string Kind { get; }

    /// <summary>The kind of its lists; custom resources may call it as they like.</summary>
    public string ListKind
    {
        get => field ?? Kind + "List";
        init;
    }

    public string Plural { get; }

    public string Singular { get; init; } = "";

    public bool Namespaced { get; }

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>In alphabetical order.</summary>
    public IReadOnlyList<string> Verbs { get; init; } = [];

    public IReadOnlyList<Subresource> Subresources { get; init; } = [];

    public IReadOnlyList<TableColumn> Columns { get; init; } = [];

    public string StorageVersionHash { get; init; } = "";

    public TypeSchema Schema => _schema();

    /// <summary><c>v1</c> or <c>apps/v1</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : Group + "/" + Version;

    /// <summary><c>pods</c> or <c>deployments.apps</c>, as errors name a resource.</summary>
    public string QualifiedPlural => Group.Length == 0 ? Plural : Plural + "." + Group;

    public bool Allows(string verb) => Verbs.Contains(verb, StringComparer.Ordinal);

    public override string ToString() => $"{ApiVersion} {Plural}";
}
