using Gantry.Api.Trees;

namespace Gantry.Api.Apply;

/// <summary>
/// Managed fields of an object as its scale subresource sees them and back: only who owns the number of replicas counts there, in the version of Scale.
/// </summary>
public static class ScaleEntries
{
    private static readonly FieldSet Replicas = FieldSet.Of("spec.replicas");

    /// <summary>The entries that own the number, as entries of the Scale.</summary>
    /// <param name="entries">Of the object; null for none.</param>
    /// <param name="scaleVersion">The Scale's version.</param>
    /// <param name="path">Where the number stands in a version of the object; null where there is no such version or no number in it.</param>
    /// <exception cref="TreeException">The entries cannot be read.</exception>
    public static TreeList? Shown(TreeList? entries, string scaleVersion, Func<string, FieldSet?> path)
    {
        var shown = new Dictionary<ManagerKey, ManagedEntry>();
        foreach (var (key, entry) in ManagedFields.Decode(entries))
        {
            if (path(entry.ApiVersion) is { } number && Owns(entry, number))
            {
                shown[Versioned(key, scaleVersion)] = new(Replicas, scaleVersion, entry.Time);
            }
        }
        return ManagedFields.Encode(shown);
    }

    /// <summary>The entries of the object after a write to its Scale.</summary>
    /// <param name="entries">Of the object before.</param>
    /// <param name="scale">Of the Scale after.</param>
    /// <param name="apiVersion">The version of the object in which the write came.</param>
    /// <param name="path">Where the number stands in a version of the object.</param>
    /// <exception cref="TreeException">The entries cannot be read.</exception>
    public static TreeList? Kept(TreeList? entries, TreeList? scale, string apiVersion, Func<string, FieldSet?> path)
    {
        var owners = ManagedFields.Decode(scale).Where(e => Owns(e.Value, Replicas)).Select(e => e.Key).ToList();
        var kept = new Dictionary<ManagerKey, ManagedEntry>();
        foreach (var (key, entry) in ManagedFields.Decode(entries))
        {
            if (path(entry.ApiVersion) is not { } number || !Owns(entry, number) || owners.Remove(owners.Find(o => Versioned(o, key.ApiVersion) == key)))
            {
                kept[key] = entry;
            }
            else if (entry.Fields.Difference(number) is { IsEmpty: false } rest)
            {
                kept[key] = entry with { Fields = rest };
            }
        }
        foreach (var owner in owners)
        {
            // Who comes to own it through the Scale has no time there.
            kept[Versioned(owner, apiVersion)] = new(path(apiVersion)!, apiVersion, null);
        }
        return ManagedFields.Encode(kept);
    }

    private static ManagerKey Versioned(ManagerKey key, string apiVersion) => key.Applies ? key : key with { ApiVersion = apiVersion };

    private static bool Owns(ManagedEntry entry, FieldSet number) => !entry.Fields.Intersection(number).IsEmpty;
}
