using Gantry.Api.Trees;
using Gantry.Server.Defaulting;

namespace Gantry.Server.Writing;

/// <summary>What the server sets itself on volumes and on claims of them.</summary>
internal static class VolumePreparation
{
    public static void CreateVolume(TreeMap volume) => volume["status"] = new TreeMap
    {
        { "phase", "Pending" }, { "lastPhaseTransitionTime", volume.Map("metadata")?["creationTimestamp"] ?? TreeNull.Instance },
    };

    /// <summary>Whoever moves a volume to another phase need not say when.</summary>
    public static void VolumeStatus(TreeMap now, TreeMap old, DateTimeOffset time)
    {
        var (status, before) = (now.Map("status")?.ShallowCopy(1) ?? new TreeMap(), old.Map("status") ?? new TreeMap());
        var (at, then) = (status["lastPhaseTransitionTime"] ?? TreeNull.Instance, before["lastPhaseTransitionTime"] ?? TreeNull.Instance);
        if (status.Text("phase") != before.Text("phase"))
        {
            if (at is TreeNull || at.Equals(then))
            {
                status["lastPhaseTransitionTime"] = Metadata.Time(time);
            }
        }
        else if (at is TreeNull)
        {
            status["lastPhaseTransitionTime"] = then is TreeNull ? null : then;
        }

        now["status"] = status;
    }

    public static void CreateClaim(TreeMap claim)
    {
        claim["status"] = new TreeMap { { "phase", "Pending" } };
        DataSources(claim.Map("spec"), null);
    }

    public static void UpdateClaim(TreeMap claim, TreeMap old)
    {
        claim["status"] = old["status"];
        DataSources(claim.Map("spec"), old.Map("spec"));
    }

    // dataSource is the older field, for claims and snapshots alone; dataSourceRef names anything. Each follows the other.
    private static void DataSources(TreeMap? spec, TreeMap? old)
    {
        if (spec is null)
        {
            return;
        }

        // References into other namespaces are switched off: none comes where there was no reference.
        if (spec.Map("dataSourceRef")?.Text("namespace") is { Length: > 0 } && old?.Has("dataSourceRef") != true)
        {
            spec.Remove("dataSourceRef");
        }

        if (spec.Map("dataSource") is { } source && !spec.Has("dataSourceRef") && old?.Has("dataSource") != true && old?.Has("dataSourceRef") != true
            && (source.Text("apiGroup") ?? "", source.Text("kind")) is not (("", "PersistentVolumeClaim") or ("snapshot.storage.k8s.io", "VolumeSnapshot")))
        {
            spec.Remove("dataSource");
        }

        if (spec.Map("dataSource") is { } given && !spec.Has("dataSourceRef"))
        {
            spec["dataSourceRef"] = given.DeepClone();
        }
        else if (spec.Map("dataSourceRef") is { } reference && !spec.Has("dataSource") && string.IsNullOrEmpty(reference.Text("namespace")))
        {
            spec["dataSource"] = ((TreeMap)reference.DeepClone()).With("namespace", null);
        }
    }
}
