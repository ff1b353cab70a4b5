namespace Gantry.Api.Apply;

/// <summary>An element of a set, with what the set holds below it.</summary>
/// <param name="Element">The step that leads here.</param>
/// <param name="Member">Whether the path that ends here is in the set.</param>
/// <param name="Children">The longer paths; null where there are none.</param>
public readonly record struct FieldNode(PathElement Element, bool Member, FieldSet? Children)
{
    public bool IsEmpty => !Member && Children is null;
}
