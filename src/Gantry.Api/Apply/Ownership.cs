using Gantry.Api.Trees;

namespace Gantry.Api.Apply;

/// <summary>Moves fields between managers when an object changes.</summary>
internal sealed class Ownership(FieldOperation operation, Dictionary<ManagerKey, ManagedEntry> managers)
{
    private readonly FieldOperation _operation = operation;
    private readonly Dictionary<ManagerKey, ManagedEntry> _managers = managers;

    private string ApiVersion => _operation.Type.ApiVersion;

    /// <summary>
    /// Takes from every other manager what was changed and removed; entries of versions that are not there are forgotten. Without <paramref name="force"/>
    /// nothing is taken when a change meets another owner: the conflicts are then returned.
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
                seen = Compared(entry.ApiVersion, live, changed);
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

    /// <summary>Makes what managers own fit what is a value of its own today (<see cref="Reconciliation"/>), each in its version.</summary>
    /// <returns>Whether anything changed.</returns>
    public bool Reconcile(TreeMap live)
    {
        var shapes = new Dictionary<string, ApplyShape?>(StringComparer.Ordinal);
        var changed = false;
        foreach (var (key, entry) in _managers.ToArray())
        {
            if (!shapes.TryGetValue(entry.ApiVersion, out var shape))
            {
                shape = Seen(live, entry.ApiVersion)?.Shape;
                shapes.Add(entry.ApiVersion, shape);
            }
            if (shape is null || Reconciliation.Of(shape, entry.Fields) is var fields && ReferenceEquals(fields, entry.Fields))
            {
                continue;
            }
            _managers[key] = entry with { Fields = fields };
            changed = true;
        }
        return changed;
    }

    /// <summary>
    /// Takes out of a merged object what the applier stated last time, does not state any more, and nobody else owns.
    /// </summary>
    public TreeMap Prune(TreeMap merged, ManagedEntry? last)
    {
        if (last is null || last.Fields.IsEmpty || Seen(merged, last.ApiVersion) is not { } whole)
        {
            return merged;
        }
        var lastFields = NamedFields.Added(whole.Shape, last.Fields);
        var pruned = whole with { Value = TreeRemoval.Remove(whole.Shape, whole.Value, lastFields) };
        pruned = Owned(whole, pruned, last.ApiVersion);
        if (Seen(pruned.Value, last.ApiVersion) is not { } left)
        {
            return merged;
        }
        // Only what the applier itself owned may go.
        var gone = Fields(whole).Difference(Fields(left)).Intersection(lastFields);
        var kept = TreeRemoval.Remove(whole.Shape, whole.Value, gone);
        return last.ApiVersion == ApiVersion ? kept : Seen(kept, ApiVersion)?.Value ?? merged;
    }

    // What managers own in each version is put back, first in the version that was pruned.
    private VersionedObject Owned(VersionedObject whole, VersionedObject pruned, string first)
    {
        var owned = new Dictionary<string, FieldSet>(StringComparer.Ordinal);
        foreach (var entry in _managers.Values)
        {
            owned[entry.ApiVersion] = owned.GetValueOrDefault(entry.ApiVersion, FieldSet.Empty).Union(entry.Fields);
        }
        foreach (var (version, fields) in owned.OrderByDescending(o => o.Key == first))
        {
            if (Seen(whole.Value, version) is not { } all || Seen(pruned.Value, version) is not { } left)
            {
                continue;
            }
            (whole, pruned) = (all, all with
            {
                Value = TreeRemoval.Remove(all.Shape, all.Value, Fields(all).Difference(Fields(left).Union(NamedFields.Added(all.Shape, fields)))),
            });
        }
        return pruned;
    }

    private static FieldSet Fields(VersionedObject value) => NamedFields.Added(value.Shape, FieldExtraction.Of(value.Shape, value.Value));

    private VersionedObject? Seen(TreeMap value, string apiVersion)
    {
        var own = value.Text("apiVersion") is not { } version || version == apiVersion;
        return own && apiVersion == ApiVersion ? new VersionedObject(_operation.Type.Shape, value, _operation.Filter) : _operation.Convert?.Invoke(value, apiVersion);
    }

    private Comparison? Compared(string apiVersion, TreeMap live, TreeMap changed) =>
        Seen(live, apiVersion) is { } before && Seen(changed, apiVersion) is { } after
            ? Comparison.Of(before.Shape, before.Value, after.Value).Filtered(before.Filter)
            : null;
}
