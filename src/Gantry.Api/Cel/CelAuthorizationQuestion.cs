namespace Gantry.Api.Cel;

/// <summary>What is to be allowed.</summary>
public sealed record CelAuthorizationQuestion
{
    /// <summary>The service account that is asked about; null where it is the user of the request.</summary>
    public (string Namespace, string Name)? ServiceAccount { get; init; }

    /// <summary>The path of a request that names no resource; empty where a resource is asked about.</summary>
    public string Path { get; init; } = "";

    public bool IsResource { get; init; }

    /// <summary>Questions about resources are about every version (<c>*</c>).</summary>
    public string Group { get; init; } = "";

    public string Resource { get; init; } = "";

    public string Subresource { get; init; } = "";

    public string Namespace { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>As the expression wrote it; one that cannot be parsed counts as none.</summary>
    public string FieldSelector { get; init; } = "";

    /// <inheritdoc cref="FieldSelector"/>
    public string LabelSelector { get; init; } = "";

    public string Verb { get; init; } = "";
}
