using Gantry.Api.Trees;

namespace Gantry.Server.Defaulting;

/// <summary>Defaults of pod specs that depend on other fields.</summary>
internal static class PodDefaults
{
    /// <summary>A spec of a pod or of a template.</summary>
    public static void Spec(TreeMap spec)
    {
        var hostNetwork = spec["hostNetwork"] is TreeBool { Value: true };
        foreach (var kind in new[] { "initContainers", "containers", "ephemeralContainers" })
        {
            foreach (var container in spec.Items(kind))
            {
                container.Default("imagePullPolicy", PullPolicy(container.Text("image") ?? ""));
                if (hostNetwork)
                {
                    HostPorts(container);
                }
            }
        }

        foreach (var volume in spec.Items("volumes"))
        {
            if (volume.Count == 1 && volume.Contains("name"))
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
        foreach (var kind in new[] { "initContainers", "containers" })
        {
            foreach (var container in spec.Items(kind))
            {
                if (container.Map("resources") is { } resources)
                {
                    resources.DefaultEntries("requests", resources.Map("limits"));
                }
            }
        }

        if (spec.Map("resources") is { } whole)
        {
            whole.DefaultEntries("requests", whole.Map("limits"));
        }
    }

    /// <summary>Always for images without a tag or tagged latest; else IfNotPresent.</summary>
    public static string PullPolicy(string image)
    {
        if (image.Contains('@', StringComparison.Ordinal))
        {
            return "IfNotPresent";
        }

        var name = image[(image.LastIndexOf('/') + 1)..];
        var colon = name.LastIndexOf(':');
        return colon < 0 || name[(colon + 1)..] == "latest" ? "Always" : "IfNotPresent";
    }

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
