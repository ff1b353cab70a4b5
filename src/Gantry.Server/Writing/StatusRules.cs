using Gantry.Api.Trees;
using Gantry.Server.Defaulting;

namespace Gantry.Server.Writing;

/// <summary>What a write of the status subresource may change.</summary>
internal static class StatusRules
{
    /// <summary>The stored object with the status, and what its kind allows of the metadata, of the written one.</summary>
    public static TreeMap Merge(KindStrategy strategy, TreeMap value, TreeMap old)
    {
        var merged = old.ShallowCopy(1);
        merged["status"] = value["status"];
        var metadata = value.Made("metadata").ShallowCopy();
        foreach (var key in strategy.StatusKeepsMetadata)
        {
            metadata[key] = old.Map("metadata")?[key];
        }

        merged["metadata"] = metadata;
        return merged;
    }
}
