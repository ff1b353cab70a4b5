namespace Gantry.Api.Apply;

/// <summary>A write whose fields are tracked.</summary>
public sealed record FieldOperation
{
    public required ManagedType Type { get; init; }

    /// <summary>The subresource that is written; empty for the object itself.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>Who writes; see <see cref="FieldManager.NameOf"/>.</summary>
    public required string Manager { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>What the write cannot change; null where it can change everything.</summary>
    public FieldFilter? Filter { get; init; }

    /// <summary>Whether the type may have been described otherwise when fields were tracked before.</summary>
    public bool Redescribed { get; init; }

    /// <summary>
    /// The object in another version of its kind, by that version's apiVersion; null where there is no such version (then its entries are dropped).
    /// Where no converter is given, entries of other versions are left as they are.
    /// </summary>
    public Func<Trees.TreeMap, string, VersionedObject?>? Convert { get; init; }
}
