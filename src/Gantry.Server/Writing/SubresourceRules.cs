using Gantry.Api.Trees;
using Gantry.Server.Defaulting;

namespace Gantry.Server.Writing;

/// <summary>What a write through a subresource may change; whatever else it brings is as it was.</summary>
internal static class SubresourceRules
{
    /// <summary>The object as the write may have it.</summary>
    /// <param name="scope">The subresource, empty for the object itself.</param>
    /// <param name="value">What was written; the root is the caller's own.</param>
    /// <param name="old">The stored object.</param>
    /// <param name="now">When.</param>
    public static TreeMap Prepare(WriteScope scope, TreeMap value, TreeMap old, DateTimeOffset now)
    {
        switch (scope.Subresource)
        {
            case "":
                scope.Resource.Strategy.PrepareUpdate(value, old);
                return value;
            case "status":
                return StatusRules.Merge(scope.Resource.Strategy, value, old);
            case "ephemeralcontainers":
                var metadata = (old.Map("metadata") ?? new TreeMap()).With("managedFields", value.Map("metadata")?["managedFields"]);
                var spec = (old.Map("spec") ?? new TreeMap()).With("ephemeralContainers", value.Map("spec")?["ephemeralContainers"]);
                return old.With("metadata", metadata).With("spec", spec);
            case "finalize":
                // Of a namespace: its finalizers, and its metadata.
                value["status"] = old["status"];
                return value;
            case "approval":
                var status = (old.Map("status") ?? new TreeMap()).With("conditions", Stamped(value.Map("status")?.List("conditions"), old, now));
                return old.With("metadata", value["metadata"]).With("status", status);
            default:
                return value;
        }
    }

    // Who decides need not say when; a condition that stays as it was keeps its time.
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
