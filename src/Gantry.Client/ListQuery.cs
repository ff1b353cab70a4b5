namespace Gantry.Client;

/// <summary>What to list. The texts mean what the query parameters of the same name mean.</summary>
public sealed record ListQuery
{
    public static ListQuery All { get; } = new();

    /// <summary>Empty for all namespaces.</summary>
    public string Namespace { get; init; } = "";

    public string LabelSelector { get; init; } = "";

    public string FieldSelector { get; init; } = "";

    /// <summary>Items per page; 0 for all in one.</summary>
    public int Limit { get; init; }

    /// <summary>Where the page before ended.</summary>
    public string Continue { get; init; } = "";

    /// <summary>Empty for the newest state, <c>0</c> for any.</summary>
    public string ResourceVersion { get; init; } = "";

    /// <summary>Empty, <c>Exact</c> or <c>NotOlderThan</c>.</summary>
    public string ResourceVersionMatch { get; init; } = "";
}
