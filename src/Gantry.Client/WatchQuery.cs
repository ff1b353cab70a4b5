namespace Gantry.Client;

/// <summary>What to watch, and from where.</summary>
public sealed record WatchQuery
{
    /// <summary>Empty for all namespaces.</summary>
    public string Namespace { get; init; } = "";

    public string LabelSelector { get; init; } = "";

    public string FieldSelector { get; init; } = "";

    /// <summary>The changes after this revision; empty for the present state as Added events followed by changes.</summary>
    public string ResourceVersion { get; init; } = "";

    /// <summary>Whether the server tells now and then how far it has come although nothing matched.</summary>
    public bool AllowBookmarks { get; init; } = true;

    /// <summary>How long the server keeps the watch open, in seconds; 0 for its own choice.</summary>
    public int TimeoutSeconds { get; init; }
}
