namespace Gantry.Api.Apply;

/// <summary>Who an entry of managed fields belongs to.</summary>
/// <param name="Manager">The manager's name.</param>
/// <param name="Applies">Whether the entry comes from server-side apply, else from other writes.</param>
/// <param name="ApiVersion">Empty for appliers: they have one entry, whatever version they apply with.</param>
/// <param name="Subresource">Empty for the object itself.</param>
internal readonly record struct ManagerKey(string Manager, bool Applies, string ApiVersion, string Subresource) : IComparable<ManagerKey>
{
    /// <summary>The entry that is being computed; no encoded entry can have this key.</summary>
    public static ManagerKey Current { get; } = new("current-operation", false, "\0", "");

    public int CompareTo(ManagerKey other)
    {
        var order = string.CompareOrdinal(Manager, other.Manager);
        order = order != 0 ? order : other.Applies.CompareTo(Applies);
        order = order != 0 ? order : string.CompareOrdinal(ApiVersion, other.ApiVersion);
        return order != 0 ? order : string.CompareOrdinal(Subresource, other.Subresource);
    }

    /// <summary>As conflict messages name the manager.</summary>
    public override string ToString()
    {
        var text = Trees.GoNames.Quoted(Manager);
        if (Subresource.Length > 0)
        {
            text += $" with subresource {Trees.GoNames.Quoted(Subresource)}";
        }
        return Applies ? text : $"{text} using {ApiVersion}";
    }
}
