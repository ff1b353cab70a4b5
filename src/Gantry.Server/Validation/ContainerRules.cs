using System.Globalization;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Containers of a pod: what all have in common, and what only some may have.</summary>
public static class ContainerRules
{
    private const string NotForInit = "may not be set for init containers without restartPolicy=Always";

    /// <summary>What the pod around a container allows.</summary>
    /// <param name="Volumes">The pod's volumes that are in order, by name.</param>
    /// <param name="GracePeriod">How long its containers have to end.</param>
    /// <param name="MaySleepForNoTime">Whether a hook may sleep for zero seconds.</param>
    public sealed record PodContext(IReadOnlyDictionary<string, V1Volume> Volumes, long GracePeriod, bool MaySleepForNoTime);

    public static void Containers(FieldErrors errors, V1PodSpec spec, PodContext pod, FieldPath at)
    {
        Regular(errors, spec.Containers, pod, at.Child("containers"));
        var names = spec.Containers.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < spec.InitContainers.Count; i++)
        {
            Init(errors, spec.InitContainers[i], pod, names, at.Child("initContainers"), i);
        }
    }

    private static void Regular(FieldErrors errors, IReadOnlyList<V1Container> containers, PodContext pod, FieldPath at)
    {
        if (containers.Count == 0)
        {
            errors.Required(at);
            return;
        }

        HashSet<string>? names = containers.Count > 1 ? new(StringComparer.Ordinal) : null;
        for (var i = 0; i < containers.Count; i++)
        {
            var (c, path) = (containers[i], at.Index(i));
            Common(errors, c, pod, path);
            if (names?.Add(c.Name) == false)
            {
                errors.Duplicate(path.Child("name"), c.Name);
            }

            ProbeRules.Probes(errors, c, pod, path);
            if (c.RestartPolicy is not null)
            {
                errors.Forbidden(path.Child("restartPolicy"), "may not be set for non-init containers");
            }
        }

        HostPortConflicts(errors, containers, at);
    }

    private static void Init(FieldErrors errors, V1Container c, PodContext pod, HashSet<string> names, FieldPath list, int index)
    {
        var at = list.Index(index);
        Common(errors, c, pod, at);
        if (c.RestartPolicy is { } policy)
        {
            errors.OneOf(at.Child("restartPolicy"), policy, "Always");
        }

        if (names.Contains(c.Name))
        {
            errors.Duplicate(at.Child("name"), c.Name);
        }
        else if (c.Name.Length > 0)
        {
            names.Add(c.Name);
        }

        // Initial containers run one after the other; Kubernetes calls each of them the first here.
        HostPortConflicts(errors, [c], list);
        if (c.RestartPolicy == "Always")
        {
            ProbeRules.Probes(errors, c, pod, at);
            return;
        }

        foreach (var (name, set) in (ReadOnlySpan<(string, bool)>)
            [("lifecycle", c.Lifecycle is not null), ("livenessProbe", c.LivenessProbe is not null), ("readinessProbe", c.ReadinessProbe is not null), ("startupProbe", c.StartupProbe is not null)])
        {
            if (set)
            {
                errors.Forbidden(at.Child(name), NotForInit);
            }
        }
    }

    /// <summary>The rules that all containers share: of a pod, initial, ephemeral.</summary>
    public static void Common(FieldErrors errors, V1Container c, PodContext pod, FieldPath at)
    {
        if (c.Name.Length == 0)
        {
            errors.Required(at.Child("name"));
        }
        else
        {
            errors.Invalid(at.Child("name"), c.Name, Rules.DnsLabel(c.Name));
        }

        if (c.Image.Length == 0)
        {
            errors.Required(at.Child("image"));
        }

        errors.RequiredOneOf(at.Child("terminationMessagePolicy"), c.TerminationMessagePolicy, "File", "FallbackToLogsOnError");
        Ports(errors, c.Ports, at.Child("ports"));
        EnvRules.Env(errors, c.Env, at.Child("env"));
        EnvRules.EnvFrom(errors, c.EnvFrom, at.Child("envFrom"));
        MountRules.Mounts(errors, c, pod.Volumes, at.Child("volumeMounts"));
        MountRules.Devices(errors, c, pod.Volumes, at.Child("volumeDevices"));
        errors.RequiredOneOf(at.Child("imagePullPolicy"), c.ImagePullPolicy, "Always", "IfNotPresent", "Never");
        ResourceRules.Requirements(errors, c.Resources.Limits, c.Resources.Requests, at.Child("resources"));
        SecurityRules.Container(errors, c.SecurityContext, at.Child("securityContext"));
    }

    /// <summary>An image that has no blanks around it; templates may have them.</summary>
    public static void PlainImage(FieldErrors errors, string image, FieldPath at)
    {
        if (image.Length > 0 && (char.IsWhiteSpace(image[0]) || char.IsWhiteSpace(image[^1])))
        {
            errors.Invalid(at, image, "must not have leading or trailing whitespace");
        }
    }

    private static void Ports(FieldErrors errors, IReadOnlyList<V1ContainerPort> ports, FieldPath at)
    {
        HashSet<string>? names = null;
        for (var i = 0; i < ports.Count; i++)
        {
            var (port, path) = (ports[i], at.Index(i));
            if (port.Name.Length > 0)
            {
                var before = errors.Count;
                errors.Invalid(path.Child("name"), port.Name, Rules.PortName(port.Name));
                if (errors.Count == before && !(names ??= new(StringComparer.Ordinal)).Add(port.Name))
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
            }

            errors.RequiredOneOf(path.Child("protocol"), port.Protocol, "SCTP", "TCP", "UDP");
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

                var key = string.Create(CultureInfo.InvariantCulture, $"{port.Protocol}/{port.HostIP}/{port.HostPort}");
                if (!(taken ??= new(StringComparer.Ordinal)).Add(key))
                {
                    errors.Duplicate(at.Index(i).Child("ports").Index(j).Child("hostPort"), key);
                }
            }
        }
    }
}
