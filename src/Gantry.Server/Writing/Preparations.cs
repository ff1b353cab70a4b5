using System.Globalization;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;
using Gantry.Server.Handling;

namespace Gantry.Server.Writing;

/// <summary>What the server sets itself, kind by kind, whatever the request says.</summary>
internal static class Preparations
{
    /// <summary>For a new object; the second argument takes warnings.</summary>
    public static Action<TreeMap, Action<string>> Create(ResourceType type, bool hasStatus)
    {
        var own = OwnCreate(type, hasStatus);
        var drop = DisabledFields.Of(type);
        var dropStatus = DisabledFields.OfStatus(type);
        return (type.Group, type.Kind) switch
        {
            ("", "Pod") => (o, warn) =>
            {
                drop!(o);
                PodPreparation.Create(o, warn);
            },
            ("", "Node") => (o, _) =>
            {
                drop!(o);
                dropStatus!(o);
            },
            _ when drop is null => (o, _) => own(o),
            _ => (o, _) =>
            {
                drop(o);
                own(o);
            },
        };
    }

    /// <summary>For an update; the second argument is the stored object.</summary>
    public static Action<TreeMap, TreeMap> Update(ResourceType type, bool hasStatus)
    {
        var own = OwnUpdate(type, hasStatus);
        return DisabledFields.Of(type) is not { } drop ? own : (now, old) =>
        {
            drop(now);
            own(now, old);
        };
    }

    /// <summary>For an update of the status.</summary>
    public static Action<TreeMap, TreeMap, DateTimeOffset> Status(ResourceType type)
    {
        if ((type.Group, type.Kind) == ("", "PersistentVolume"))
        {
            return VolumePreparation.VolumeStatus;
        }

        if (DisabledFields.OfStatus(type) is not { } drop)
        {
            return static (_, _, _) => { };
        }

        return (type.Group, type.Kind) != ("", "Pod") ? (now, _, _) => drop(now) : (now, old, _) =>
        {
            drop(now);
            // Old node agents leave it out.
            if (string.IsNullOrEmpty(now.Map("status")?.Text("qosClass")))
            {
                now["status"] = (now.Map("status") ?? new TreeMap()).With("qosClass", old.Map("status")?["qosClass"]);
            }
        };
    }

    private static Action<TreeMap> OwnCreate(ResourceType type, bool hasStatus) => (type.Group, type.Kind) switch
    {
        ("", "Namespace") => static o =>
        {
            var metadata = o.Made("metadata");
            metadata.Made("labels")[KindDefaults.NamespaceName] = metadata.Text("name") ?? "";
            Finalizers(o);
            o["status"] = Map(("phase", "Active"));
        },
        ("", "PersistentVolume") => VolumePreparation.CreateVolume,
        ("", "PersistentVolumeClaim") => VolumePreparation.CreateClaim,
        ("", "ServiceAccount") => SecretNames,
        ("apiextensions.k8s.io", "CustomResourceDefinition") => static o => o["status"] = Stored(o, null),
        ("discovery.k8s.io", "EndpointSlice") => Topology,
        ("coordination.k8s.io", "Lease") => static o => Election(o, new TreeMap()),
        ("apiregistration.k8s.io", "APIService") => static o => o["status"] = o.Map("spec")?.Map("service") is null ? Local(o) : null,
        ("batch", "Job") => static o =>
        {
            o.Remove("status");
            JobSelector(o);
        },
        ("apps", "DaemonSet") => static o =>
        {
            o.Remove("status");
            SetTemplateGeneration(o, Math.Max(TemplateGeneration(o), 1));
        },
        _ => hasStatus ? static o => o.Remove("status") : static _ => { },
    };

    private static Action<TreeMap, TreeMap> OwnUpdate(ResourceType type, bool hasStatus) => (type.Group, type.Kind) switch
    {
        ("", "Namespace") => static (now, old) =>
        {
            now["spec"] = old["spec"];
            now["status"] = old["status"];
        },
        ("", "PersistentVolumeClaim") => VolumePreparation.UpdateClaim,
        ("", "ServiceAccount") => static (now, _) => SecretNames(now),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => static (now, old) => now["status"] = Stored(now, old.Map("status")),
        ("apps", "DaemonSet") => static (now, old) =>
        {
            now["status"] = old["status"];
            var same = (now.Map("spec")?["template"] ?? TreeNull.Instance).Equals(old.Map("spec")?["template"] ?? TreeNull.Instance);
            SetTemplateGeneration(now, TemplateGeneration(old) + (same ? 0 : 1));
        },
        ("discovery.k8s.io", "EndpointSlice") => static (now, old) =>
        {
            if (!(now["endpoints"] ?? TreeNull.Instance).Equals(old["endpoints"] ?? TreeNull.Instance))
            {
                Topology(now);
            }
        },
        ("autoscaling", "HorizontalPodAutoscaler") when type.Version == "v1" => static (now, old) =>
        {
            now["status"] = old["status"];
            AutoscalerConversion.KeepStatus(now, old);
        },
        ("coordination.k8s.io", "Lease") => Election,
        ("certificates.k8s.io", "CertificateSigningRequest") => static (now, old) =>
        {
            now["spec"] = old["spec"];
            now["status"] = old["status"];
        },
        _ => hasStatus ? static (now, old) => now["status"] = old["status"] : static (_, _) => { },
    };

    // Elections by versions are switched off in this release: what was never there does not come.
    private static void Election(TreeMap lease, TreeMap old)
    {
        foreach (var field in (ReadOnlySpan<string>)["strategy", "preferredHolder"])
        {
            if (lease.Map("spec") is { } spec && spec.Has(field) && old.Map("spec")?.Has(field) != true)
            {
                lease["spec"] = spec.With(field, null);
            }
        }
    }

    // What this server answers itself is there from the beginning.
    private static TreeMap Local(TreeMap service) => Map(("conditions", new TreeList
    {
        Map(
            ("type", "Available"), ("status", "True"), ("lastTransitionTime", service.Map("metadata")?["creationTimestamp"] ?? TreeNull.Instance),
            ("reason", "Local"), ("message", "Local APIServices are always available")),
    }));

    // A field that only the first version of slices could write.
    private static void Topology(TreeMap slice)
    {
        if (!slice.Items("endpoints").Any(e => e.Contains("deprecatedTopology")))
        {
            return;
        }

        var endpoints = new TreeList();
        foreach (var endpoint in slice.Items("endpoints"))
        {
            var kept = endpoint.ShallowCopy();
            kept.Remove("deprecatedTopology");
            endpoints.Add(kept);
        }

        slice["endpoints"] = endpoints;
    }

    // An account names its secrets; whatever else the references say is not kept.
    private static void SecretNames(TreeMap account)
    {
        if (account.List("secrets") is not { Count: > 0 } secrets)
        {
            return;
        }

        var names = new TreeList();
        foreach (var secret in secrets)
        {
            names.Add((secret as TreeMap)?["name"] is { } name ? Map(("name", name)) : new TreeMap());
        }

        account["secrets"] = names;
    }

    private static long TemplateGeneration(TreeMap o) =>
        long.TryParse(o.Map("metadata")?.Map("annotations")?.Text(KindDefaults.TemplateGeneration), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;

    private static void SetTemplateGeneration(TreeMap o, long count)
    {
        var metadata = o.Made("metadata");
        metadata["annotations"] = (metadata.Map("annotations") ?? new TreeMap()).With(KindDefaults.TemplateGeneration, count.ToString(CultureInfo.InvariantCulture));
    }

    // Every version that objects were ever stored in is remembered.
    private static TreeMap Stored(TreeMap definition, TreeMap? status)
    {
        var made = (status ?? new TreeMap()).ShallowCopy(1);
        var versions = made.List("storedVersions")?.ShallowCopy() ?? new TreeList();
        foreach (var version in definition.Map("spec")?.Items("versions") ?? [])
        {
            if (version["storage"] is TreeBool { Value: true } && version.Text("name") is { } name && !versions.Contains(new TreeString(name)))
            {
                versions.Add(name);
            }
        }

        made["storedVersions"] = versions.Count == 0 ? null : versions;
        return made;
    }

    private static void Finalizers(TreeMap o)
    {
        var spec = (o.Map("spec") ?? new TreeMap()).ShallowCopy(1);
        var list = spec.List("finalizers")?.ShallowCopy() ?? new TreeList();
        if (!list.Contains(new TreeString("kubernetes")))
        {
            list.Add("kubernetes");
        }

        spec["finalizers"] = list;
        o["spec"] = spec;
    }

    // A job finds its pods by its uid, unless the user has taken that over.
    private static void JobSelector(TreeMap o)
    {
        var uid = o.Map("metadata")?.Text("uid") ?? "";
        var name = o.Map("metadata")?.Text("name") ?? "";
        var spec = o.Made("spec");
        if (spec["manualSelector"] is TreeBool { Value: true } || uid.Length == 0)
        {
            return;
        }

        var labels = spec.Made("template").Made("metadata").Made("labels");
        foreach (var (key, value) in new[] { ("batch.kubernetes.io/controller-uid", uid), ("batch.kubernetes.io/job-name", name), ("controller-uid", uid), ("job-name", name) })
        {
            if (!labels.Contains(key))
            {
                labels[key] = value;
            }
        }

        spec.Made("selector").Made("matchLabels").Default("batch.kubernetes.io/controller-uid", uid);
    }

    private static TreeMap Map(params ReadOnlySpan<(string Key, Tree Value)> members)
    {
        var map = new TreeMap(members.Length);
        foreach (var (key, value) in members)
        {
            map[key] = value;
        }

        return map;
    }
}
