namespace Gantry.Api.Apply;

/// <summary>A member of an object, as apply sees it.</summary>
public sealed record MapField(PathElement Element, ApplyShape Shape);

/// <summary>An object: with described members, with free keys, or with both.</summary>
/// <param name="atomic">Whether the object is one value.</param>
/// <param name="find">The described member of a name, or null.</param>
/// <param name="others">The shape of every other member; null where there may be none.</param>
/// <param name="described">Whether any member is described.</param>
public sealed class MapShape(bool atomic, Func<string, MapField?> find, ApplyShape? others, bool described = true) : ApplyShape
{
    private readonly Func<string, MapField?> _find = find;

    public bool Atomic { get; } = atomic;

    public ApplyShape? Others { get; } = others;

    /// <summary>Whether nothing is known of the object's members.</summary>
    internal bool IsFree { get; } = !described && ReferenceEquals(others, Deduced);

    /// <summary>The described member of that name, or null.</summary>
    public MapField? Find(string name) => _find(name);

    /// <summary>The shape of any member; where it is not described and may not be there, its own shape is deduced.</summary>
    internal ApplyShape Member(string name, out PathElement element, out bool described)
    {
        var field = _find(name);
        described = field is not null;
        element = field?.Element ?? PathElement.Field(name);
        return field?.Shape ?? Others ?? Deduced;
    }
}
