namespace Gantry.Api.Cel;

/// <summary>What an optional value holds.</summary>
internal sealed record CelBox(CelValue Value);
