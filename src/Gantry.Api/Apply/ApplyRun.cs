using Gantry.Api.Trees;

namespace Gantry.Api.Apply;

/// <summary>One server-side apply.</summary>
/// <param name="operation">Who applies what, when.</param>
/// <param name="live">The stored object, or null.</param>
/// <param name="before">The stored or an empty object without managed fields.</param>
/// <param name="applied">The configuration.</param>
/// <param name="reconciled">Whether the managers are others than the stored ones.</param>
internal sealed class ApplyRun(FieldOperation operation, TreeMap? live, TreeMap before, TreeMap applied, bool reconciled)
{
    private readonly FieldOperation _operation = operation;
    private readonly TreeMap? _live = live;
    private readonly TreeMap _before = before;
    private readonly TreeMap _applied = applied;

    /// <summary>Applies; conflicts are returned only where <paramref name="allowed"/> does not hold all of them.</summary>
    /// <param name="stored">The managers before; they are not changed.</param>
    /// <param name="force">Whether to take over what others own.</param>
    /// <param name="allowed">Fields that may be taken over without force; null for none.</param>
    public ApplyResult Apply(Dictionary<ManagerKey, ManagedEntry> stored, bool force, FieldSet? allowed)
    {
        var managers = new Dictionary<ManagerKey, ManagedEntry>(stored);
        var type = _operation.Type;
        var manager = _operation.Manager.Length == 0 ? "unknown" : _operation.Manager;
        var key = new ManagerKey(manager, true, "", _operation.Subresource);
        var last = managers.GetValueOrDefault(key);
        var fields = FieldExtraction.Of(type.Shape, _applied);
        fields = _operation.Filter?.Keep(fields) ?? fields;
        managers[key] = new(fields, type.ApiVersion, last?.Time);

        var ownership = new Ownership(_operation, managers);
        var merged = ownership.Prune(TreeMerge.Merge(type.Shape, _before, _applied), last);
        var comparison = FieldManager.Compare(_operation, _before, merged);
        if (ownership.Release(key, _before, merged, comparison, force) is { } conflicts)
        {
            return Conflicts(conflicts, stored, allowed);
        }

        var owned = managers.TryGetValue(key, out var mine) ? FieldManager.Owned(mine.Fields) : FieldSet.Empty;
        // Only an apply that changes the object is a new point in time; who states just what is there already gets no time at all.
        var same = _live is not null && merged.Equals(_before);
        if (owned.IsEmpty)
        {
            managers.Remove(key);
        }
        else
        {
            managers[key] = mine! with { Fields = owned, Time = same ? last?.Time : FieldManager.Time(_operation.Now) };
        }
        return same && !reconciled && Same(stored, managers)
            ? new ApplyResult.Applied(_live!, Changed: false)
            : new ApplyResult.Applied(ManagedFields.With(same ? _before : merged, ManagedFields.Encode(managers)), Changed: true);
    }

    private ApplyResult Conflicts(Dictionary<ManagerKey, FieldSet> conflicts, Dictionary<ManagerKey, ManagedEntry> stored, FieldSet? allowed)
    {
        if (allowed is null)
        {
            return ApplyConflicts.Result(conflicts);
        }
        var left = conflicts.Select(c => KeyValuePair.Create(c.Key, c.Value.Difference(allowed))).Where(c => !c.Value.IsEmpty).ToDictionary();
        return left.Count > 0 ? ApplyConflicts.Result(left) : Apply(stored, force: true, null);
    }

    private static bool Same(Dictionary<ManagerKey, ManagedEntry> before, Dictionary<ManagerKey, ManagedEntry> after) =>
        before.Count == after.Count && before.All(b => after.TryGetValue(b.Key, out var a) && a.ApiVersion == b.Value.ApiVersion && a.Fields.Equals(b.Value.Fields));
}
