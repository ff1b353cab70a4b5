using System.Globalization;
using Gantry.Api.Models;
using Gantry.Node.Cri;

namespace Gantry.Node.Containers;

/// <summary>What a container may do, from the pod's and its own security context; the container's own settings win.</summary>
public static class ContainerSecurity
{
    private static readonly string[] Masked =
    [
        "/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
        "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
    ];

    private static readonly string[] ReadOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    /// <param name="pod">The pod.</param>
    /// <param name="container">The container.</param>
    /// <param name="image">The image's own user.</param>
    /// <param name="seccompRoot">Where Localhost profiles lie.</param>
    /// <exception cref="ConfigurationException">The container must not run as root, and would or might.</exception>
    public static LinuxContainerSecurityContext Of(V1Pod pod, V1Container container, ImageUser image, string seccompRoot)
    {
        var own = container.SecurityContext ?? new V1SecurityContext();
        var shared = pod.Spec.SecurityContext ?? new V1PodSecurityContext();
        var user = own.RunAsUser ?? shared.RunAsUser;
        Refuse(pod, container, user, image);
        var privileged = own.Privileged ?? false;
        var result = new LinuxContainerSecurityContext
        {
            Privileged = privileged,
            NamespaceOptions = Namespaces(pod),
            ReadonlyRootfs = own.ReadOnlyRootFilesystem ?? false,
            NoNewPrivs = own.AllowPrivilegeEscalation == false,
            Seccomp = Seccomp(own.SeccompProfile ?? shared.SeccompProfile, privileged, seccompRoot),
            Capabilities = new Capability(),
        };
        if ((own.AppArmorProfile ?? shared.AppArmorProfile) is { Type: "Localhost" or "Unconfined" } armor)
        {
            // The runtime's own profile is what a container gets without asking, where the machine has any.
            result.Apparmor = armor.Type == "Localhost"
                ? new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.Localhost, LocalhostRef = armor.LocalhostProfile ?? "" }
                : new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.Unconfined };
        }

        if ((user ?? image.Uid) is { } uid)
        {
            result.RunAsUser = new Int64Value { Value = uid };
        }
        else if (image.Name.Length > 0)
        {
            result.RunAsUsername = image.Name;
        }

        if ((own.RunAsGroup ?? shared.RunAsGroup) is { } group)
        {
            result.RunAsGroup = new Int64Value { Value = group };
        }

        result.SupplementalGroups.Add(Groups(shared));
        result.Capabilities.AddCapabilities.Add(own.Capabilities?.Add ?? []);
        result.Capabilities.DropCapabilities.Add(own.Capabilities?.Drop ?? []);
        if (!privileged && own.ProcMount != "Unmasked")
        {
            result.MaskedPaths.Add(Masked);
            result.ReadonlyPaths.Add(ReadOnly);
        }

        if ((own.SeLinuxOptions ?? shared.SeLinuxOptions) is { } label)
        {
            result.SelinuxOptions = new SELinuxOption { User = label.User, Role = label.Role, Type = label.Type, Level = label.Level };
        }

        return result;
    }

    /// <summary>The kernel namespaces that the pod's containers share with each other and with the machine.</summary>
    public static NamespaceOption Namespaces(V1Pod pod) => new()
    {
        Network = pod.Spec.HostNetwork ? NamespaceMode.Node : NamespaceMode.Pod,
        Ipc = pod.Spec.HostIPC ? NamespaceMode.Node : NamespaceMode.Pod,
        Pid = pod.Spec.HostPID ? NamespaceMode.Node : pod.Spec.ShareProcessNamespace == true ? NamespaceMode.Pod : NamespaceMode.Container,
    };

    /// <summary>The groups that every container of the pod is in, the volumes' group among them.</summary>
    public static IEnumerable<long> Groups(V1PodSecurityContext context) =>
        context.FsGroup is { } fsGroup ? context.SupplementalGroups.Append(fsGroup).Distinct() : context.SupplementalGroups;

    public static SecurityProfile Seccomp(V1SeccompProfile? profile, bool privileged, string root) => (privileged ? "" : profile?.Type) switch
    {
        "RuntimeDefault" => new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.RuntimeDefault },
        "Localhost" => new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.Localhost, LocalhostRef = Path.Combine(root, profile?.LocalhostProfile ?? "") },
        _ => new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.Unconfined },
    };

    private static void Refuse(V1Pod pod, V1Container container, long? user, ImageUser image)
    {
        if ((container.SecurityContext?.RunAsNonRoot ?? pod.Spec.SecurityContext?.RunAsNonRoot) != true)
        {
            return;
        }

        var where = $"(pod: \"{pod.Metadata.Name}_{pod.Metadata.Namespace}({pod.Metadata.Uid})\", container: {container.Name})";
        if (user is { } uid)
        {
            if (uid == 0)
            {
                throw new ConfigurationException($"container's runAsUser breaks non-root policy {where}");
            }
        }
        else if (image.Uid is null && image.Name.Length > 0)
        {
            throw new ConfigurationException(string.Create(CultureInfo.InvariantCulture, $"container has runAsNonRoot and image has non-numeric user ({image.Name}), cannot verify user is non-root {where}"));
        }
        else if (image.Uid is null or 0)
        {
            throw new ConfigurationException($"container has runAsNonRoot and image will run as root {where}");
        }
    }
}
