using System.Text;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Handling;

namespace Gantry.Server.Defaulting;

/// <summary>
/// Defaults that depend on other fields (Kubernetes' SetDefaults functions). Constant ones are in the description of the API and are applied before these.
/// </summary>
public static class KindDefaults
{
    /// <summary>The annotation in which daemon sets count the changes of their template.</summary>
    public const string TemplateGeneration = "deprecated.daemonset.template.generation";

    /// <summary>The label with the name of a namespace.</summary>
    public const string NamespaceName = "kubernetes.io/metadata.name";

    private static readonly Dictionary<(string Group, string Kind), Action<TreeMap>> ByKind = new()
    {
        [("", "Pod")] = o =>
        {
            PodDefaults.Pod(o.Made("spec"));
            PodDefaults.Metadata(o.Map("metadata"));
            PodDefaults.Status(o.Map("status"));
        },
        [("", "PodTemplate")] = o => Template(o),
        [("", "ReplicationController")] = ReplicationController,
        [("", "Service")] = o => Service(o.Made("spec"), o),
        [("", "Namespace")] = Namespace,
        [("", "LimitRange")] = LimitRange,
        [("", "Node")] = o => Node(o),
        [("", "Secret")] = Secret,
        [("", "PersistentVolume")] = o => PersistentVolume(o.Made("spec")),
        [("apps", "Deployment")] = Deployment,
        [("apps", "ReplicaSet")] = o => Template(o.Made("spec")),
        [("apps", "DaemonSet")] = DaemonSet,
        [("apps", "StatefulSet")] = StatefulSet,
        [("batch", "Job")] = Job,
        [("batch", "CronJob")] = o =>
        {
            var job = o.Made("spec").Made("jobTemplate").Made("spec");
            Template(job);
            FailurePolicy(job);
        },
        [("autoscaling", "HorizontalPodAutoscaler")] = Autoscaler,
        [("networking.k8s.io", "NetworkPolicy")] = o => NetworkPolicy(o.Made("spec")),
        [("rbac.authorization.k8s.io", "RoleBinding")] = Subjects,
        [("rbac.authorization.k8s.io", "ClusterRoleBinding")] = Subjects,
        [("apiextensions.k8s.io", "CustomResourceDefinition")] = o => CustomResource(o.Made("spec")),
    };

    /// <summary>Fills in the defaults, changing the tree in place: the caller owns it.</summary>
    public static void Apply(ResourceType type, TreeMap value)
    {
        if (ByKind.TryGetValue((type.Group, type.Kind), out var defaults))
        {
            defaults(value);
        }
    }

    // A name that is going to be generated is not known yet.
    private static void Namespace(TreeMap o)
    {
        var metadata = o.Made("metadata");
        if (metadata.Text("name") is { Length: > 0 } name)
        {
            metadata.Made("labels")[NamespaceName] = name;
        }
    }

    private static void Template(TreeMap owner)
    {
        if (owner.Map("template") is { } template)
        {
            PodDefaults.Spec(template.Made("spec"));
            PodDefaults.Metadata(template.Map("metadata"));
        }
    }

    private static void ReplicationController(TreeMap o)
    {
        var spec = o.Made("spec");
        Template(spec);
        if (spec.Map("template")?.Map("metadata")?.Map("labels") is not { Count: > 0 } labels)
        {
            return;
        }

        if (!spec.HasItems("selector"))
        {
            spec["selector"] = labels.DeepClone();
        }

        if (!o.Made("metadata").HasItems("labels"))
        {
            o.Made("metadata")["labels"] = labels.DeepClone();
        }
    }

    private static void Service(TreeMap spec, TreeMap service)
    {
        var type = spec.Text("type");
        if (spec.Text("sessionAffinity") == "ClientIP")
        {
            spec.Made("sessionAffinityConfig").Made("clientIP").Default("timeoutSeconds", 10800);
        }
        else if (spec.Text("sessionAffinity") == "None")
        {
            spec.Remove("sessionAffinityConfig");
        }

        foreach (var port in spec.Items("ports"))
        {
            if (port["targetPort"] is null or TreeNull or TreeInteger { Value: 0 } or TreeString { Value.Length: 0 } && port["port"] is { } number)
            {
                port["targetPort"] = number;
            }
        }

        if (type is "NodePort" or "LoadBalancer" || type == "ClusterIP" && spec.HasItems("externalIPs"))
        {
            spec.Default("externalTrafficPolicy", "Cluster");
        }

        if (type is "ClusterIP" or "NodePort" or "LoadBalancer")
        {
            spec.DefaultMissing("internalTrafficPolicy", "Cluster");
        }

        if (type == "LoadBalancer")
        {
            spec.Default("allocateLoadBalancerNodePorts", true);
            foreach (var ingress in service.Map("status")?.Map("loadBalancer")?.Items("ingress") ?? [])
            {
                if (ingress.Text("ip") is { Length: > 0 })
                {
                    ingress.DefaultMissing("ipMode", "VIP");
                }
            }
        }
    }

    private static void LimitRange(TreeMap o)
    {
        foreach (var limit in o.Made("spec").Items("limits"))
        {
            if (limit.Text("type") != "Container")
            {
                continue;
            }

            limit.DefaultEntries("default", limit.Map("max"));
            limit.DefaultEntries("defaultRequest", limit.Map("default"));
            limit.DefaultEntries("defaultRequest", limit.Map("min"));
        }
    }

    private static void Node(TreeMap o)
    {
        // Where both are given and differ, the older field counts.
        if (o.Map("spec") is { } spec)
        {
            if (spec.Text("podCIDR") is { Length: > 0 } range && (spec.List("podCIDRs") is not { Count: > 0 } ranges || !ranges[0].Equals(new TreeString(range))))
            {
                spec["podCIDRs"] = new TreeList { range };
            }
            else if (spec.List("podCIDRs") is { Count: > 0 } given)
            {
                spec["podCIDR"] = given[0];
            }
        }

        if (o.Map("status") is { } status && !status.HasItems("allocatable") && status.Map("capacity") is { Count: > 0 } capacity)
        {
            status["allocatable"] = capacity.DeepClone();
        }
    }

    // stringData is only for writing: it becomes data before anything else sees it
    private static void Secret(TreeMap o)
    {
        if (o.Map("stringData") is { } text)
        {
            foreach (var (key, value) in text)
            {
                o.Made("data")[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value is TreeString s ? s.Value : ""));
            }
        }

        o.Remove("stringData");
    }

    // Not of every such spec: attachments have one that stays as it is.
    private static void PersistentVolume(TreeMap spec)
    {
        spec.Default("persistentVolumeReclaimPolicy", "Retain");
        if (!spec.Has("volumeMode"))
        {
            spec["volumeMode"] = "Filesystem";
        }
    }

    private static void Deployment(TreeMap o)
    {
        var spec = o.Made("spec");
        Template(spec);
        var strategy = spec.Made("strategy");
        if (strategy.Text("type") == "RollingUpdate")
        {
            var rolling = strategy.Made("rollingUpdate");
            rolling.DefaultMissing("maxUnavailable", "25%");
            rolling.DefaultMissing("maxSurge", "25%");
        }
    }

    private static void DaemonSet(TreeMap o)
    {
        var spec = o.Made("spec");
        Template(spec);
        var strategy = spec.Made("updateStrategy");
        if (strategy.Text("type") == "RollingUpdate")
        {
            var rolling = strategy.Made("rollingUpdate");
            rolling.DefaultMissing("maxUnavailable", 1);
            rolling.DefaultMissing("maxSurge", 0);
        }

        // Counted by the server; clients of the oldest versions still look here.
        o.Made("metadata").Made("annotations").Default(TemplateGeneration, "0");
    }

    private static void StatefulSet(TreeMap o)
    {
        var spec = o.Made("spec");
        Template(spec);
        var strategy = spec.Made("updateStrategy");
        if (strategy.Text("type") == "RollingUpdate")
        {
            strategy.Made("rollingUpdate").Default("partition", 0);
        }

        foreach (var claim in spec.Items("volumeClaimTemplates"))
        {
            claim["kind"] = "PersistentVolumeClaim";
            claim["apiVersion"] = "v1";
        }
    }

    private static void Job(TreeMap o)
    {
        var spec = o.Made("spec");
        Template(spec);
        if (!spec.Has("completions") && !spec.Has("parallelism"))
        {
            spec["completions"] = 1;
        }

        spec.Default("parallelism", 1);
        spec.Default("backoffLimit", spec.Has("backoffLimitPerIndex") ? int.MaxValue : 6);
        spec.DefaultMissing("completionMode", "NonIndexed");
        spec.Default("suspend", false);
        spec.Default("manualSelector", false);
        spec.DefaultMissing("podReplacementPolicy", spec.Has("podFailurePolicy") ? "Failed" : "TerminatingOrFailed");
        if (!o.Made("metadata").HasItems("labels") && spec.Map("template")?.Map("metadata")?.Map("labels") is { Count: > 0 } labels)
        {
            o.Made("metadata")["labels"] = labels.DeepClone();
        }

        FailurePolicy(spec);
    }

    private static void FailurePolicy(TreeMap spec)
    {
        foreach (var rule in spec.Map("podFailurePolicy")?.Items("rules") ?? [])
        {
            foreach (var condition in rule.Items("onPodConditions"))
            {
                condition.Default("status", "True");
            }
        }
    }

    private static void Autoscaler(TreeMap o)
    {
        // The older form gets its defaults where it is kept, which is in the newer one; nobody owns these, then.
        if (o.Text("apiVersion") == "autoscaling/v1")
        {
            return;
        }

        AutoscalerConversion.DropAnnotations(o);
        var spec = o.Made("spec");
        if (!spec.HasItems("metrics"))
        {
            spec["metrics"] = TreeJson.Parse("""[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":80}}}]"""u8);
        }

        if (spec.Map("behavior") is not { } behavior)
        {
            return;
        }

        Scaling(behavior.Made("scaleUp"), """[{"type":"Pods","value":4,"periodSeconds":15},{"type":"Percent","value":100,"periodSeconds":15}]""");
        behavior.Made("scaleUp").Default("stabilizationWindowSeconds", 0);
        Scaling(behavior.Made("scaleDown"), """[{"type":"Percent","value":100,"periodSeconds":15}]""");
    }

    private static void Scaling(TreeMap rules, string policies)
    {
        rules.DefaultMissing("selectPolicy", "Max");
        // An empty list is not taken for none: it is refused.
        if (rules["policies"] is null or TreeNull)
        {
            rules["policies"] = TreeJson.Parse(Encoding.UTF8.GetBytes(policies));
        }
    }

    private static void NetworkPolicy(TreeMap spec)
    {
        if (spec.HasItems("policyTypes"))
        {
            return;
        }

        var types = new TreeList { "Ingress" };
        if (spec.HasItems("egress"))
        {
            types.Add("Egress");
        }

        spec["policyTypes"] = types;
    }

    private static void Subjects(TreeMap o)
    {
        foreach (var subject in o.Items("subjects"))
        {
            if (subject.Text("kind") is "User" or "Group")
            {
                subject.Default("apiGroup", "rbac.authorization.k8s.io");
            }
        }
    }

    private static void CustomResource(TreeMap spec)
    {
        var names = spec.Made("names");
        var kind = names.Text("kind");
        if (kind is { Length: > 0 })
        {
            names.Default("singular", kind.ToLowerInvariant());
            names.Default("listKind", kind + "List");
        }

        if (!spec.Has("conversion"))
        {
            spec["conversion"] = new TreeMap { { "strategy", "None" } };
        }
    }
}
