using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Containers of a pod: ports, environment, mounts, resources, probes, hooks.</summary>
public static class ContainerRules
{
    /// <summary>What the pod around a container allows.</summary>
    /// <param name="VolumeNames">The names of the pod's volumes.</param>
    /// <param name="HostNetwork">Whether the pod shares the node's network.</param>
    /// <param name="ClaimNames">The names of the pod's resource claims.</param>
    /// <param name="RestartPolicy">The pod's restart policy.</param>
    public sealed record PodContext(IReadOnlySet<string> VolumeNames, bool HostNetwork, IReadOnlySet<string> ClaimNames, string RestartPolicy);

    public static void Containers(FieldErrors errors, V1PodSpec spec, PodContext pod, FieldPath at)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (spec.Containers.Count == 0)
        {
            errors.Required(at.Child("containers"));
        }

        for (var i = 0; i < spec.Containers.Count; i++)
        {
            var path = at.Child("containers").Index(i);
            Container(errors, spec.Containers[i], pod, names, path);
            if (spec.Containers[i].RestartPolicy is not null)
            {
                errors.Forbidden(path.Child("restartPolicy"), "may not be set for non-init containers");
            }
        }

        for (var i = 0; i < spec.InitContainers.Count; i++)
        {
            InitContainer(errors, spec.InitContainers[i], pod, names, at.Child("initContainers").Index(i));
        }

        HostPortConflicts(errors, spec.Containers, at.Child("containers"));
    }

    private static void InitContainer(FieldErrors errors, V1Container c, PodContext pod, HashSet<string> names, FieldPath at)
    {
        Container(errors, c, pod, names, at);
        var sidecar = false;
        if (c.RestartPolicy is { } policy)
        {
            errors.OneOf(at.Child("restartPolicy"), policy, "Always");
            sidecar = policy == "Always";
        }

        if (sidecar)
        {
            return;
        }

        foreach (var (name, set) in new[] { ("lifecycle", c.Lifecycle is not null), ("livenessProbe", c.LivenessProbe is not null), ("readinessProbe", c.ReadinessProbe is not null), ("startupProbe", c.StartupProbe is not null) })
        {
            if (set)
            {
                errors.Forbidden(at.Child(name), "may not be set for init containers without restartPolicy=Always");
            }
        }
    }

    private static void Container(FieldErrors errors, V1Container c, PodContext pod, HashSet<string> names, FieldPath at)
    {
        if (c.Name.Length == 0)
        {
            errors.Required(at.Child("name"));
        }
        else
        {
            errors.Invalid(at.Child("name"), c.Name, Rules.DnsLabel(c.Name));
            if (!names.Add(c.Name))
            {
                errors.Duplicate(at.Child("name"), c.Name);
            }
        }

        if (c.Image.Length == 0)
        {
            errors.Required(at.Child("image"));
        }
        else if (c.Image.Trim().Length != c.Image.Length)
        {
            errors.Invalid(at.Child("image"), c.Image, "must not have leading or trailing whitespace");
        }

        errors.RequiredOneOf(at.Child("terminationMessagePolicy"), c.TerminationMessagePolicy, "File", "FallbackToLogsOnError");
        errors.RequiredOneOf(at.Child("imagePullPolicy"), c.ImagePullPolicy, "Always", "IfNotPresent", "Never");
        Ports(errors, c.Ports, pod.HostNetwork, at.Child("ports"));
        EnvRules.Env(errors, c.Env, at.Child("env"));
        EnvRules.EnvFrom(errors, c.EnvFrom, at.Child("envFrom"));
        Mounts(errors, c.VolumeMounts, pod, at.Child("volumeMounts"));
        ResourceRules.Requirements(errors, c.Resources, pod.ClaimNames, at.Child("resources"));
        ProbeRules.Probes(errors, c, at);
        SecurityRules.Container(errors, c.SecurityContext, at.Child("securityContext"));
    }

    private static void Ports(FieldErrors errors, IReadOnlyList<V1ContainerPort> ports, bool hostNetwork, FieldPath at)
    {
        HashSet<string>? names = null;
        for (var i = 0; i < ports.Count; i++)
        {
            var (port, path) = (ports[i], at.Index(i));
            if (port.Name.Length > 0)
            {
                errors.Invalid(path.Child("name"), port.Name, Rules.PortName(port.Name));
                if (!(names ??= new(StringComparer.Ordinal)).Add(port.Name))
                {
                    errors.Duplicate(path.Child("name"), port.Name);
                }
            }

            if (port.ContainerPort == 0)
            {
                errors.Required(path.Child("containerPort"));
            }
            else
            {
                errors.Invalid(path.Child("containerPort"), port.ContainerPort, Rules.PortNumber(port.ContainerPort));
            }

            if (port.HostPort != 0)
            {
                errors.Invalid(path.Child("hostPort"), port.HostPort, Rules.PortNumber(port.HostPort));
                if (hostNetwork && port.HostPort != port.ContainerPort)
                {
                    errors.Invalid(path.Child("hostPort"), port.HostPort, "must match `containerPort` when `hostNetwork` is true");
                }
            }

            errors.RequiredOneOf(path.Child("protocol"), port.Protocol, "SCTP", "TCP", "UDP");
            if (port.HostIP.Length > 0)
            {
                errors.Invalid(path.Child("hostIP"), port.HostIP, Rules.Ip(port.HostIP));
            }
        }
    }

    private static void HostPortConflicts(FieldErrors errors, IReadOnlyList<V1Container> containers, FieldPath at)
    {
        HashSet<string>? taken = null;
        for (var i = 0; i < containers.Count; i++)
        {
            for (var j = 0; j < containers[i].Ports.Count; j++)
            {
                var port = containers[i].Ports[j];
                if (port.HostPort == 0)
                {
                    continue;
                }

                var key = $"{port.Protocol}/{port.HostIP}/{port.HostPort}";
                if (!(taken ??= new(StringComparer.Ordinal)).Add(key))
                {
                    errors.Duplicate(at.Index(i).Child("ports").Index(j).Child("hostPort"), key);
                }
            }
        }
    }

    private static void Mounts(FieldErrors errors, IReadOnlyList<V1VolumeMount> mounts, PodContext pod, FieldPath at)
    {
        HashSet<string>? paths = null;
        for (var i = 0; i < mounts.Count; i++)
        {
            var (mount, path) = (mounts[i], at.Index(i));
            if (mount.Name.Length == 0)
            {
                errors.Required(path.Child("name"));
            }

            if (!pod.VolumeNames.Contains(mount.Name))
            {
                errors.NotFound(path.Child("name"), mount.Name);
            }

            if (mount.MountPath.Length == 0)
            {
                errors.Required(path.Child("mountPath"));
            }

            if (!(paths ??= new(StringComparer.Ordinal)).Add(mount.MountPath))
            {
                errors.Invalid(path.Child("mountPath"), mount.MountPath, "must be unique");
            }

            if (mount.SubPath.Length > 0 && mount.SubPathExpr.Length > 0)
            {
                errors.Invalid(path.Child("subPathExpr"), mount.SubPathExpr, "subPathExpr and subPath are mutually exclusive");
            }

            VolumeRules.LocalPath(errors, mount.SubPath, path.Child("subPath"));
            VolumeRules.LocalPath(errors, mount.SubPathExpr, path.Child("subPathExpr"));
            if (mount.MountPropagation is { } propagation)
            {
                errors.OneOf(path.Child("mountPropagation"), propagation, "Bidirectional", "HostToContainer", "None");
            }

            if (mount.RecursiveReadOnly is { } recursive)
            {
                errors.OneOf(path.Child("recursiveReadOnly"), recursive, "Disabled", "Enabled", "IfPossible");
                if (recursive != "Disabled" && !mount.ReadOnly)
                {
                    errors.Forbidden(path.Child("recursiveReadOnly"), "may only be specified when readOnly is true");
                }
            }
        }
    }
}
