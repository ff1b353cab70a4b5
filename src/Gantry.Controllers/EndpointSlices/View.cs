using Gantry.Api.Models;

namespace Gantry.Controllers.EndpointSlices;

/// <summary>What decides about the EndpointSlices of a Service that has a selector.</summary>
public sealed record ServiceView
{
    public required V1Service Service { get; init; }

    /// <summary>The pods of its namespace that it selects.</summary>
    public required IReadOnlyList<V1Pod> Pods { get; init; }

    /// <summary>The slices made for it before.</summary>
    public IReadOnlyList<V1EndpointSlice> Slices { get; init; } = [];

    /// <summary>The zones of nodes by their names.</summary>
    public IReadOnlyDictionary<string, string> Zones { get; init; } = new Dictionary<string, string>();

    /// <summary>Endpoints per slice at most.</summary>
    public int SliceSize { get; init; } = 100;
}
