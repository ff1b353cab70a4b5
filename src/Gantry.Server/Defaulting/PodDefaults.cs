using Gantry.Api.Trees;

namespace Gantry.Server.Defaulting;

/// <summary>Defaults of pod specs that depend on other fields.</summary>
internal static class PodDefaults
{
    private static readonly string[] AllContainers = ["initContainers", "containers", "ephemeralContainers"];

    private static readonly string[] Containers = ["initContainers", "containers"];

    private static readonly string[] OldInitContainers =
    [
        "pod.beta.kubernetes.io/init-containers", "pod.alpha.kubernetes.io/init-containers",
        "pod.beta.kubernetes.io/init-container-statuses", "pod.alpha.kubernetes.io/init-container-statuses",
    ];

    /// <summary>A spec of a pod or of a template.</summary>
    public static void Spec(TreeMap spec)
    {
        foreach (var kind in AllContainers)
        {
            foreach (var container in spec.Items(kind))
            {
                container.Default("imagePullPolicy", PullPolicy(container.Text("image") ?? ""));
            }
        }

        foreach (var volume in spec.Items("volumes"))
        {
            if (volume.Count == (volume.Contains("name") ? 1 : 0))
            {
                volume["emptyDir"] = new TreeMap();
            }
        }

        // the old name of the field follows the new one, as in Kubernetes
        var account = spec.Text("serviceAccountName") is { Length: > 0 } named ? named : spec.Text("serviceAccount");
        if (account is { Length: > 0 })
        {
            spec["serviceAccountName"] = account;
            spec["serviceAccount"] = account;
        }
    }

    /// <summary>A pod itself: what a template leaves open until a pod is made from it.</summary>
    public static void Pod(TreeMap spec)
    {
        Spec(spec);
        spec.Default("enableServiceLinks", true);
        var hostNetwork = spec["hostNetwork"] is TreeBool { Value: true };
        foreach (var kind in Containers)
        {
            foreach (var container in spec.Items(kind))
            {
                if (container.Map("resources") is { } resources)
                {
                    resources.DefaultEntries("requests", resources.Map("limits"));
                }

                if (hostNetwork)
                {
                    HostPorts(container);
                }
            }
        }
    }

    /// <summary>Takes out the annotations that init containers were in once, which nothing may act upon any longer.</summary>
    public static void Metadata(TreeMap? metadata)
    {
        if (metadata?.Map("annotations") is not { Count: > 0 } annotations)
        {
            return;
        }

        var isOld = false;
        foreach (var old in OldInitContainers)
        {
            isOld |= annotations.Remove(old);
        }

        if (isOld && annotations.Count == 0)
        {
            metadata.Remove("annotations");
        }
    }

    /// <summary>The address is the first of the addresses; where both are given and differ, the older field counts.</summary>
    public static void Status(TreeMap? status)
    {
        if (status?.Text("podIP") is { Length: > 0 } ip && ((status.List("podIPs") is { Count: > 0 } list ? list[0] : null) as TreeMap)?.Text("ip") != ip)
        {
            status["podIPs"] = new TreeList { new TreeMap { { "ip", ip } } };
        }
        else if (status?.List("podIPs") is { Count: > 0 } given && given[0] is TreeMap first)
        {
            status["podIP"] = first["ip"];
        }
    }

    /// <summary>Always for images that are tagged latest, or not at all; else IfNotPresent.</summary>
    public static string PullPolicy(string image) => ImageName.Tag(image) == "latest" ? "Always" : "IfNotPresent";

    private static void HostPorts(TreeMap container)
    {
        foreach (var port in container.Items("ports"))
        {
            if (port["hostPort"] is null or TreeInteger { Value: 0 } && port["containerPort"] is { } number)
            {
                port["hostPort"] = number;
            }
        }
    }
}
