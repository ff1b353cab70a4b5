namespace Gantry.Api.OpenApi;

/// <summary>The form of a document.</summary>
public enum OpenApiVersion
{
    /// <summary>One document (Swagger 2.0) for everything.</summary>
    V2,
    /// <summary>One document (OpenAPI 3.0) for each group and version.</summary>
    V3,
}
