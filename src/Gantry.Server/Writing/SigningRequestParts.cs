using Gantry.Api.Trees;
using Gantry.Server.Defaulting;

namespace Gantry.Server.Writing;

/// <summary>The parts of a certificate signing request that its subresources write: decisions by one, everything else of the status by the other.</summary>
internal static class SigningRequestParts
{
    private static readonly string[] Decisions = ["Approved", "Denied"];

    /// <summary>The stored request with the written conditions.</summary>
    public static TreeMap Approval(TreeMap value, TreeMap old, DateTimeOffset now)
    {
        var status = (old.Map("status") ?? new TreeMap()).With("conditions", Stamped(value.Map("status")?.List("conditions"), old, now));
        return old.With("metadata", value["metadata"]).With("status", status);
    }

    /// <summary>The request with the written status, in which decisions that are there already stay as they were.</summary>
    public static TreeMap Status(TreeMap merged, TreeMap old, DateTimeOffset now)
    {
        if (merged.Map("status") is not { } status || status.List("conditions") is not { } conditions)
        {
            return merged;
        }

        var kept = conditions.ShallowCopy();
        foreach (var type in Decisions)
        {
            var before = old.Map("status")?.Items("conditions").Where(c => c.Text("type") == type).ToList() ?? [];
            var places = Enumerable.Range(0, kept.Count).Where(i => kept[i] is TreeMap c && c.Text("type") == type).ToList();
            for (var i = 0; before.Count == places.Count && i < places.Count; i++)
            {
                kept[places[i]] = before[i];
            }
        }

        return merged.With("status", status.With("conditions", Stamped(kept, old, now)));
    }

    // Who writes a condition need not say when; one that stays as it was keeps its time.
    private static TreeList? Stamped(TreeList? conditions, TreeMap old, DateTimeOffset now)
    {
        if (conditions is null)
        {
            return null;
        }

        var before = old.Map("status")?.Items("conditions").ToList() ?? [];
        var stamped = new TreeList();
        foreach (var condition in conditions.OfType<TreeMap>())
        {
            var known = before.Find(b => b.Text("type") == condition.Text("type") && b.Text("status") == condition.Text("status"));
            var copy = condition.ShallowCopy(2);
            copy.Default("lastUpdateTime", Metadata.Time(now));
            copy.Default("lastTransitionTime", known?.Text("lastTransitionTime") ?? Metadata.Time(now));
            stamped.Add(copy);
        }

        return stamped;
    }
}
