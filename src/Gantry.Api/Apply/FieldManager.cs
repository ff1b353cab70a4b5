using System.Globalization;
using System.Text;
using Gantry.Api.Trees;

namespace Gantry.Api.Apply;

/// <summary>
/// Keeps <c>metadata.managedFields</c>: who set which field. Objects come and go in canonical form (<see cref="Canonical"/>) with their metadata.
/// </summary>
public static class FieldManager
{
    /// <summary>The longest name of a manager, in bytes of UTF-8.</summary>
    public const int LongestName = 128;

    private const string BeforeFirstApply = "before-first-apply";

    // Entries of who writes through it have no time.
    private const string ScaleSubresource = "scale";

    // What belongs to the server or to nobody.
    private static readonly FieldSet Unowned = FieldSet.Of(
        "apiVersion", "kind", "metadata", "metadata.name", "metadata.namespace", "metadata.creationTimestamp", "metadata.selfLink", "metadata.uid",
        "metadata.clusterName", "metadata.generation", "metadata.managedFields", "metadata.resourceVersion");

    /// <summary>The name under which a request writes: what it asked for, else the program that its user agent names.</summary>
    public static string NameOf(string? fieldManager, string? userAgent)
    {
        if (!string.IsNullOrEmpty(fieldManager))
        {
            return fieldManager;
        }
        var program = (userAgent ?? "").Split('/')[0];
        var name = new StringBuilder();
        var bytes = 0;
        foreach (var rune in program.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > LongestName)
            {
                break;
            }
            if (!GoSyntax.IsPrintable(rune))
            {
                bytes -= rune.Utf8SequenceLength;
                continue;
            }
            name.Append(rune);
        }
        return name.ToString();
    }

    /// <summary>Tracks a create (<paramref name="live"/> is null), update or patch that is no apply.</summary>
    /// <param name="operation">Who writes what, when.</param>
    /// <param name="live">The stored object, or null.</param>
    /// <param name="changed">The object as it is to be stored, before admission. Its own managed fields are taken as the user's wish for them.</param>
    /// <returns>The changed object with its managed fields; entries that cannot be read are forgotten.</returns>
    public static TreeMap Update(FieldOperation operation, TreeMap? live, TreeMap changed)
    {
        var before = live ?? operation.Type.Empty;
        if (live is not null && !operation.Redescribed && KeepsManagers(operation, live, changed) && Compare(operation, before, changed).IsSame)
        {
            return ManagedFields.With(changed, ManagedFields.ListOf(live));
        }
        var from = Source(operation, live, changed, out var managers);
        if (managers.Count == 0 && live?.Map("metadata")?.Text("uid") is { Length: > 0 })
        {
            // Nobody is known to own anything, so it is too late to begin.
            return ManagedFields.With(changed, null);
        }
        if (managers.Count > 0 && (operation.Redescribed || from is null) && new Ownership(operation, managers).Reconcile(before))
        {
            from = null;
        }
        var comparison = Compare(operation, before, changed);
        if (comparison.IsSame && from is not null)
        {
            return ManagedFields.With(changed, from);
        }
        Track(operation, before, changed, comparison, managers);
        return ManagedFields.With(changed, ManagedFields.Encode(managers));
    }

    /// <summary>Merges a configuration into the live object and tracks what it states.</summary>
    /// <param name="operation">Who applies what, when.</param>
    /// <param name="live">The stored object, or null when the apply creates it.</param>
    /// <param name="applied">The configuration as it came; it is not changed.</param>
    /// <param name="force">Whether to take over what others own.</param>
    public static ApplyResult Apply(FieldOperation operation, TreeMap? live, TreeMap applied, bool force)
    {
        Dictionary<ManagerKey, ManagedEntry> managers;
        try
        {
            managers = ManagedFields.Decode(live is null ? null : ManagedFields.ListOf(live));
        }
        catch (TreeException e)
        {
            return new ApplyResult.Failed($"failed to decode managed fields: {e.Message}");
        }
        if (Unfit(operation, applied) is { } refusal)
        {
            return refusal;
        }
        var before = ManagedFields.With(live ?? operation.Type.Empty, null);
        if (managers.Count == 0)
        {
            var first = operation with { Manager = BeforeFirstApply };
            Track(first, operation.Type.Empty, before, Compare(first, operation.Type.Empty, before), managers);
        }
        var reconciled = operation.Redescribed && new Ownership(operation, managers).Reconcile(before);
        var run = new ApplyRun(operation, live, before, applied, reconciled);
        return LastApplied.Resolve(operation, before, applied, allowed => run.Apply(managers, force, allowed));
    }

    /// <summary>A configuration as messages speak of it: its namespace, name and kind as it states them.</summary>
    public static string Described(TreeMap applied) => $"{applied.Map("metadata")?.Text("namespace")}/{applied.Map("metadata")?.Text("name")}; {KindOf(applied)}";

    /// <summary>The stored managed fields where an update changed nothing but their times; else the updated object's.</summary>
    /// <param name="live">The stored object.</param>
    /// <param name="changed">What is about to be stored, after admission.</param>
    public static TreeMap KeepTimes(TreeMap live, TreeMap changed)
    {
        if (ManagedFields.ListOf(live) is not { } was || ManagedFields.ListOf(changed) is not { } now || ReferenceEquals(was, now) || !SameButTimes(was, now))
        {
            return changed;
        }
        var kept = ManagedFields.With(changed, was);
        return kept.Equals(live) ? kept : changed;
    }

    /// <summary>Why managed fields cannot be read, or null.</summary>
    /// <param name="list">The encoded list.</param>
    public static string? Fault(TreeList list)
    {
        try
        {
            ManagedFields.Decode(list);
            return null;
        }
        catch (TreeException e)
        {
            return e.Message;
        }
    }

    internal static string Time(DateTimeOffset now) => ApiTimes.Format(now);

    internal static FieldSet Owned(FieldSet fields) => fields.Difference(Unowned);

    internal static Comparison Compare(FieldOperation operation, TreeMap live, TreeMap changed) =>
        Comparison.Of(operation.Type.Shape, ManagedFields.With(live, null), ManagedFields.With(changed, null)).Filtered(operation.Filter);

    // Whether the request leaves the stored managed fields to the server; then an update that changes nothing need not read them.
    private static bool KeepsManagers(FieldOperation operation, TreeMap live, TreeMap changed) =>
        ManagedFields.ListOf(live) is { Count: > 0 } stored
        && (operation.Subresource.Length > 0 || ManagedFields.ListOf(changed) is not { Count: > 0 } wished || wished.Equals(stored));

    // Which managed fields an update starts from; the list itself is returned where it can be stored again as it is.
    private static TreeList? Source(FieldOperation operation, TreeMap? live, TreeMap changed, out Dictionary<ManagerKey, ManagedEntry> managers)
    {
        var stored = live is null ? null : ManagedFields.ListOf(live);
        if (operation.Subresource.Length == 0)
        {
            var wished = ManagedFields.ListOf(changed);
            if (ManagedFields.IsReset(wished))
            {
                managers = [];
                return null;
            }
            if (wished is { Count: > 0 } && TryDecode(wished, out managers) && managers.Count > 0)
            {
                return wished.Equals(stored) ? stored : null;
            }
        }
        return TryDecode(stored, out managers) ? stored : null;
    }

    private static bool TryDecode(TreeList? list, out Dictionary<ManagerKey, ManagedEntry> managers)
    {
        try
        {
            managers = ManagedFields.Decode(list);
            return true;
        }
        catch (TreeException)
        {
            managers = [];
            return false;
        }
    }

    private static void Track(FieldOperation operation, TreeMap live, TreeMap changed, Comparison comparison, Dictionary<ManagerKey, ManagedEntry> managers)
    {
        new Ownership(operation, managers).Release(ManagerKey.Current, live, changed, comparison, force: true);
        // What stands several times in a list before or after can be added and removed at once.
        var fields = Owned(comparison.Modified.Union(comparison.Added).Difference(comparison.Removed));
        if (!fields.IsEmpty)
        {
            var manager = operation.Manager.Length == 0 ? "unknown" : operation.Manager;
            var key = new ManagerKey(manager, false, operation.Type.ApiVersion, operation.Subresource);
            fields = managers.TryGetValue(key, out var earlier) ? fields.Union(earlier.Fields) : fields;
            managers[key] = new(fields, operation.Type.ApiVersion, operation.Subresource == ScaleSubresource ? null : Time(operation.Now));
        }
        ManagerCap.Apply(managers);
    }

    private static ApplyResult? Unfit(FieldOperation operation, TreeMap applied)
    {
        var type = operation.Type;
        var kind = KindOf(applied);
        if (kind != type.KindText)
        {
            return new ApplyResult.Refused("invalid object type: " + kind);
        }
        if (ManagedFields.ListOf(applied) is { } given && given.All(entry => entry is TreeMap))
        {
            return new ApplyResult.Refused("metadata.managedFields must be nil");
        }
        return PatchCheck.Problem(type.Shape, applied) is { } problem
            ? new ApplyResult.Failed($"failed to create typed patch object ({Described(applied)}): {problem}")
            : null;
    }

    // As Go prints the group, version and kind that an object says it is of; a version with too many slashes says nothing.
    private static string KindOf(TreeMap applied)
    {
        var parts = (applied.Text("apiVersion") ?? "").Split('/');
        return parts.Length > 2 ? "/, Kind=" : $"{(parts.Length == 2 ? parts[0] : "")}/{parts[^1]}, Kind={applied.Text("kind")}";
    }

    private static bool SameButTimes(TreeList was, TreeList now)
    {
        if (was.Count != now.Count)
        {
            return false;
        }
        // Entry by entry: where a new time moves one, the managed fields are other ones, as the Go server has it.
        for (var i = 0; i < was.Count; i++)
        {
            if (!Timeless(was[i]).Equals(Timeless(now[i])))
            {
                return false;
            }
        }
        return true;

        static Tree Timeless(Tree entry) => entry is TreeMap map ? map.With("time", null) : entry;
    }
}
