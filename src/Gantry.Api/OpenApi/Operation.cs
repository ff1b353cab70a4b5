namespace Gantry.Api.OpenApi;

/// <summary>What one method does at one path.</summary>
internal sealed record Operation
{
    /// <summary>In lower case.</summary>
    public required string Method { get; init; }

    public required string Id { get; init; }

    public required string Description { get; init; }

    /// <summary>The verb as Kubernetes names it; null outside of resources.</summary>
    public string? Action { get; init; }

    public (string Group, string Version, string Kind)? Kind { get; init; }

    public IReadOnlyList<string> Consumes { get; init; } = [];

    public IReadOnlyList<string> Produces { get; init; } = MediaTypes.Objects;

    /// <summary>The definition of the body, or null.</summary>
    public string? Body { get; init; }

    public bool BodyRequired { get; init; } = true;

    public IReadOnlyList<Parameter> Parameters { get; init; } = [];

    /// <summary>The codes of success.</summary>
    public IReadOnlyList<int> Codes { get; init; } = [200];

    /// <summary>The definition of the answer; null for plain text.</summary>
    public string? Answer { get; init; }
}
