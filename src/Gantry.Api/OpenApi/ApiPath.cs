namespace Gantry.Api.OpenApi;

/// <summary>A path with what can be done there.</summary>
internal sealed record ApiPath(string Path, string Tag, IReadOnlyList<Operation> Operations)
{
    /// <summary>The parameters that all operations have, which are written once.</summary>
    public IReadOnlyList<Parameter> Shared { get; } =
        [.. Operations[0].Parameters.Where(p => Operations.All(o => o.Parameters.Contains(p))).OrderBy(p => p.Name, StringComparer.Ordinal)];

    public IEnumerable<Parameter> Own(Operation operation) => operation.Parameters.Where(p => !Shared.Contains(p)).OrderBy(p => p.Name, StringComparer.Ordinal);
}
