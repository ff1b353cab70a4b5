namespace Gantry.Api.Cel;

/// <summary>What a schema says about the values of a type besides what they are.</summary>
internal sealed record CelTypeBounds
{
    public long? MaxElements { get; init; }

    public long MinSerializedSize { get; init; } = 1;

    public bool Nullable { get; init; }

    public bool DateOnly { get; init; }

    public string ListType { get; init; } = "";

    public IReadOnlyList<string> ListKeys { get; init; } = [];
}
