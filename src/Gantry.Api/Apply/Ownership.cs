using Gantry.Api.Trees;

namespace Gantry.Api.Apply;

/// <summary>Moves fields between managers when an object changes.</summary>
internal sealed class Ownership(FieldOperation operation, Dictionary<ManagerKey, ManagedEntry> managers)
{
    private readonly FieldOperation _operation = operation;
    private readonly Dictionary<ManagerKey, ManagedEntry> _managers = managers;

    private string ApiVersion => _operation.Type.ApiVersion;

    /// <summary>
    /// Takes from every other manager what was changed and removed. Without <paramref name="force"/> nothing is taken when a change meets another owner: the
    /// conflicts are then returned.
    /// </summary>
    public Dictionary<ManagerKey, FieldSet>? Release(ManagerKey writer, TreeMap live, TreeMap changed, Comparison comparison, bool force)
    {
        var conflicts = new Dictionary<ManagerKey, FieldSet>();
        var removed = new Dictionary<ManagerKey, FieldSet>();
        var versions = new Dictionary<string, Comparison?>(StringComparer.Ordinal) { [ApiVersion] = comparison };
        foreach (var (key, entry) in _managers.ToArray())
        {
            if (key == writer)
            {
                continue;
            }
            if (!versions.TryGetValue(entry.ApiVersion, out var seen))
            {
                seen = InVersion(entry.ApiVersion, live, changed);
                versions.Add(entry.ApiVersion, seen);
            }
            if (seen is null)
            {
                _managers.Remove(key);
                continue;
            }
            var met = entry.Fields.Intersection(seen.Modified.Union(seen.Added));
            if (!met.IsEmpty)
            {
                conflicts.Add(key, met);
            }
            if (!seen.Removed.IsEmpty)
            {
                removed.Add(key, seen.Removed);
            }
        }
        if (!force && conflicts.Count > 0)
        {
            return conflicts;
        }
        foreach (var (key, fields) in conflicts.Concat(removed))
        {
            _managers[key] = _managers[key] with { Fields = _managers[key].Fields.Difference(fields) };
        }
        foreach (var (key, entry) in _managers.ToArray())
        {
            if (entry.Fields.IsEmpty)
            {
                _managers.Remove(key);
            }
        }
        return null;
    }

    /// <summary>
    /// Takes out of a merged object what the applier stated last time, does not state any more, and no other applier owns.
    /// </summary>
    public TreeMap Prune(TreeMap merged, ManagedEntry? last)
    {
        if (last is null || last.Fields.IsEmpty || (last.ApiVersion != ApiVersion && _operation.Convert is null))
        {
            return merged;
        }
        // Fields of an older version are looked up in today's form where both name them alike, which a converter of built-in kinds ensures.
        var shape = _operation.Type.Shape;
        var lastFields = NamedFields.Added(shape, last.Fields);
        var pruned = TreeRemoval.Remove(shape, merged, lastFields);
        var owned = FieldSet.Empty;
        foreach (var (key, entry) in _managers)
        {
            if (key.Applies && (entry.ApiVersion == ApiVersion || _operation.Convert is not null))
            {
                owned = owned.Union(entry.Fields);
            }
        }
        var mergedFields = NamedFields.Added(shape, FieldExtraction.Of(shape, merged));
        var prunedFields = NamedFields.Added(shape, FieldExtraction.Of(shape, pruned));
        pruned = TreeRemoval.Remove(shape, merged, mergedFields.Difference(prunedFields.Union(NamedFields.Added(shape, owned))));
        // Only what the applier itself owned may go.
        prunedFields = NamedFields.Added(shape, FieldExtraction.Of(shape, pruned));
        return TreeRemoval.Remove(shape, merged, mergedFields.Difference(prunedFields).Intersection(lastFields));
    }

    private Comparison? InVersion(string apiVersion, TreeMap live, TreeMap changed)
    {
        if (_operation.Convert is null)
        {
            return Comparison.Same;
        }
        return _operation.Convert(live, apiVersion) is { } before && _operation.Convert(changed, apiVersion) is { } after
            ? Comparison.Of(before.Shape, before.Value, after.Value).Filtered(before.Filter)
            : null;
    }
}
