using Gantry.Api.Trees;

namespace Gantry.Api.Apply;

/// <summary>How one object differs from another, by the fields that can have owners.</summary>
/// <param name="Added">Fields that only the new object has.</param>
/// <param name="Modified">Fields that both have, with different values.</param>
/// <param name="Removed">Fields that only the old object has.</param>
public sealed record Comparison(FieldSet Added, FieldSet Modified, FieldSet Removed)
{
    public static Comparison Same { get; } = new(FieldSet.Empty, FieldSet.Empty, FieldSet.Empty);

    public bool IsSame => Added.IsEmpty && Modified.IsEmpty && Removed.IsEmpty;

    /// <summary>Compares two objects of one type in their canonical form (an empty field that is always written counts as present).</summary>
    public static Comparison Of(ApplyShape shape, TreeMap old, TreeMap changed)
    {
        if (ReferenceEquals(old, changed))
        {
            return Same;
        }
        var found = default(Delta);
        Delta.Compare(shape, old, changed, ref found);
        return found.IsEmpty ? Same : new(FieldSet.Made(found.Added), FieldSet.Made(found.Modified), FieldSet.Made(found.Removed));
    }

    /// <summary>The comparison without the fields that a filter takes away.</summary>
    public Comparison Filtered(FieldFilter? filter) =>
        filter is null || IsSame ? this : new(filter.Keep(Added), filter.Keep(Modified), filter.Keep(Removed));
}
