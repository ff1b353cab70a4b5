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

    /// <summary>The order of the texts by which the Go server knows managers: JSON of what is set.</summary>
    public int CompareTo(ManagerKey other) => string.CompareOrdinal(Identity(), other.Identity());

    /// <summary>As conflict messages name the manager.</summary>
    public override string ToString()
    {
        var text = Trees.GoSyntax.Quoted(Manager);
        if (Subresource.Length > 0)
        {
            text += $" with subresource {Trees.GoSyntax.Quoted(Subresource)}";
        }
        return Applies ? text : $"{text} using {ApiVersion}";
    }

    private string Identity()
    {
        var entry = new Trees.TreeMap(4);
        Set("manager", Manager);
        entry.Add("operation", Applies ? "Apply" : "Update");
        Set("apiVersion", ApiVersion);
        Set("subresource", Subresource);
        return entry.ToString();

        void Set(string name, string value)
        {
            if (value.Length > 0)
            {
                entry.Add(name, value);
            }
        }
    }
}
