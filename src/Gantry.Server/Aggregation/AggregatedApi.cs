using Gantry.Api.Models;

namespace Gantry.Server.Aggregation;

/// <summary>A group and version that another server answers.</summary>
/// <param name="Service">Its registration.</param>
/// <param name="Resources">Its APIResourceList as it was last seen; null before that.</param>
/// <param name="OpenApi">Its description.</param>
internal sealed record AggregatedApi(V1APIService Service, byte[]? Resources, AggregatedOpenApi OpenApi)
{
    public string Group => Service.Spec.Group;

    public string Version => Service.Spec.Version;

    /// <summary><c>apis/GROUP/VERSION</c></summary>
    public string Path => $"apis/{Group}/{Version}";

    public bool IsAvailable => Service.Status.Conditions.Any(c => c is { Type: "Available", Status: "True" });
}
