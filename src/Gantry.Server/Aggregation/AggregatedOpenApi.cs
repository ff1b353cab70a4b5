using Gantry.Api.OpenApi;
using Gantry.Api.Trees;

namespace Gantry.Server.Aggregation;

/// <summary>What another server says of its API in OpenAPI, as it was last read. Immutable.</summary>
/// <param name="V2">Its <c>/openapi/v2</c>; null where it has none.</param>
/// <param name="V2Tag">The ETag of that.</param>
/// <param name="V3Url">Where its index has the document of the version, with its hash; empty where it has none.</param>
/// <param name="V3Tag">The ETag of the index.</param>
internal sealed record AggregatedOpenApi(TreeMap? V2, string V2Tag, string V3Url, string V3Tag)
{
    /// <summary>What was made of v2 for a server that has no v3 at all; null where it has, or has neither.</summary>
    public OpenApiDocument? Converted { get; init; }

    public static AggregatedOpenApi Unknown { get; } = new(null, "", "", "");
}
