namespace Gantry.Api.Yaml;

/// <summary>The shapes of nodes.</summary>
internal enum YamlNodeKind
{
    Scalar,
    Sequence,
    Mapping,
    Alias,
}

/// <summary>A part of a document before it is known what its scalars mean.</summary>
/// <param name="kind">Its shape.</param>
/// <param name="line">Where it begins, counted from zero.</param>
internal sealed class YamlNode(YamlNodeKind kind, int line)
{
    public YamlNodeKind Kind { get; } = kind;

    public int Line { get; } = line;

    /// <summary>Empty where there is none.</summary>
    public string Tag { get; init; } = "";

    /// <summary>The content of a scalar, the name of an alias.</summary>
    public string Text { get; init; } = "";

    /// <summary>Whether the content of a scalar tells what it means.</summary>
    public bool IsImplicit { get; init; }

    /// <summary>What an alias stands for.</summary>
    public YamlNode? Target { get; init; }

    /// <summary>Items; keys and values in turn.</summary>
    public List<YamlNode> Children { get; } = [];
}
