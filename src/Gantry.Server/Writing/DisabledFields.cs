using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;

namespace Gantry.Server.Writing;

/// <summary>Fields of features that Kubernetes 1.32 leaves switched off: they are accepted, and not kept.</summary>
internal static class DisabledFields
{
    private static readonly string[] ContainerLists = ["containers", "initContainers", "ephemeralContainers"];

    private static readonly string[] StatusLists = ["containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"];

    /// <summary>What removes them from an object that is written; null where the kind has none.</summary>
    public static Action<TreeMap>? Of(ResourceType type) => (type.Group, type.Kind) switch
    {
        ("", "Pod") => static o => PodSpec(o.Map("spec")),
        ("", "PodTemplate") => static o => PodSpec(o.Map("template")?.Map("spec")),
        ("", "ReplicationController") or ("apps", "Deployment" or "ReplicaSet" or "DaemonSet") or ("batch", "Job") => static o => PodSpec(o.Map("spec")?.Map("template")?.Map("spec")),
        ("apps", "StatefulSet") => static o =>
        {
            PodSpec(o.Map("spec")?.Map("template")?.Map("spec"));
            o.Map("spec")?.Map("updateStrategy")?.Map("rollingUpdate")?.Remove("maxUnavailable");
        },
        ("batch", "CronJob") => static o => PodSpec(o.Map("spec")?.Map("jobTemplate")?.Map("spec")?.Map("template")?.Map("spec")),
        ("", "PersistentVolume" or "PersistentVolumeClaim") => static o => o.Map("spec")?.Remove("volumeAttributesClassName"),
        ("", "Node") => static o => o.Map("spec")?.Remove("configSource"),
        _ => null,
    };

    /// <summary>The same for a status.</summary>
    public static Action<TreeMap>? OfStatus(ResourceType type) => (type.Group, type.Kind) switch
    {
        ("", "Pod") => static o => PodStatus(o.Map("status")),
        ("", "PersistentVolumeClaim") => static o =>
        {
            o.Map("status")?.Remove("currentVolumeAttributesClassName");
            o.Map("status")?.Remove("modifyVolumeStatus");
        },
        ("", "Node") => static o =>
        {
            o.Map("status")?.Remove("config");
            o.Map("status")?.Remove("features");
        },
        _ => null,
    };

    private static void PodSpec(TreeMap? spec)
    {
        if (spec is null)
        {
            return;
        }

        spec.Remove("hostUsers");
        spec.Remove("resources");
        spec.Remove("resourceClaims");
        if (spec.Map("securityContext") is { } context)
        {
            context.Remove("supplementalGroupsPolicy");
            context.Remove("seLinuxChangePolicy");
        }

        foreach (var list in ContainerLists)
        {
            foreach (var container in spec.Items(list))
            {
                Container(container);
            }
        }

        var images = false;
        foreach (var volume in spec.Items("volumes"))
        {
            images |= volume.Has("image");
            foreach (var source in volume.Map("projected")?.Items("sources") ?? [])
            {
                source.Remove("clusterTrustBundle");
            }
        }

        if (images)
        {
            ImageVolumes(spec);
        }
    }

    /// <summary>The same for containers that are put into a running pod.</summary>
    public static void EphemeralContainers(TreeMap spec)
    {
        foreach (var container in spec.Items("ephemeralContainers"))
        {
            Container(container);
        }
    }

    // A volume made of an image goes as a whole, and so do its mounts.
    private static void ImageVolumes(TreeMap spec)
    {
        var names = spec.Items("volumes").Where(v => v.Has("image")).Select(v => v.Text("name") ?? "").ToHashSet(StringComparer.Ordinal);
        Keep(spec, "volumes", v => !v.Has("image"));
        foreach (var container in ContainerLists.SelectMany(spec.Items))
        {
            Keep(container, "volumeMounts", m => !names.Contains(m.Text("name") ?? ""));
        }
    }

    private static void Keep(TreeMap map, string key, Func<TreeMap, bool> which)
    {
        var kept = new TreeList(map.Items(key).Where(which));
        if (kept.Count < (map.List(key)?.Count ?? 0))
        {
            map[key] = kept.Count > 0 ? kept : null;
        }
    }

    private static void Container(TreeMap container)
    {
        container.Remove("resizePolicy");
        container.Map("resources")?.Remove("claims");
        // Servers before 1.13 set it by themselves, so it stays a value, if only this one.
        if (container.Map("securityContext") is { } context && context.Has("procMount"))
        {
            context["procMount"] = "Default";
        }
    }

    private static void PodStatus(TreeMap? status)
    {
        if (status is null)
        {
            return;
        }

        status.Remove("resize");
        status.Remove("resourceClaimStatuses");
        foreach (var list in StatusLists)
        {
            foreach (var container in status.Items(list))
            {
                container.Remove("resources");
                container.Remove("allocatedResources");
                container.Remove("allocatedResourcesStatus");
                container.Remove("user");
            }
        }
    }
}
