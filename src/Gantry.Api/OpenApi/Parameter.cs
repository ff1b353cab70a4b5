namespace Gantry.Api.OpenApi;

/// <summary>A parameter of an operation.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">string, integer or boolean.</param>
/// <param name="Description">What it does.</param>
/// <param name="InPath">Whether it is part of the path, else of the query.</param>
internal sealed record Parameter(string Name, string Type, string Description, bool InPath = false);
