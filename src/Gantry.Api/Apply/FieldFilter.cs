namespace Gantry.Api.Apply;

/// <summary>Fields that a request cannot change, and whose owners it therefore leaves alone.</summary>
public abstract class FieldFilter
{
    private FieldFilter()
    {
    }

    /// <summary>Takes away the given fields and everything below them.</summary>
    public static FieldFilter Without(FieldSet fields) => new Excluding(fields);

    /// <summary>Keeps only what lies below the given fields.</summary>
    public static FieldFilter Only(FieldSet prefixes) => new Including(prefixes);

    internal abstract FieldSet Keep(FieldSet set);

    private sealed class Excluding(FieldSet fields) : FieldFilter
    {
        internal override FieldSet Keep(FieldSet set) => set.RecursiveDifference(fields);
    }

    private sealed class Including(FieldSet prefixes) : FieldFilter
    {
        internal override FieldSet Keep(FieldSet set) => set.Within(prefixes);
    }
}
