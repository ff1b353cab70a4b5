using Gantry.Api.Models;
using Gantry.Node.Containers;
using Gantry.Node.Cri;

namespace Gantry.Node.Pods;

/// <summary>The description of a pod's sandbox for the runtime.</summary>
public static class SandboxConfigs
{
    /// <summary>The same every time for the same pod and attempt: the runtime wants it again with each container.</summary>
    public static PodSandboxConfig Of(V1Pod pod, uint attempt, NodeOptions options, HostResolver host)
    {
        var config = new PodSandboxConfig
        {
            Metadata = new PodSandboxMetadata { Name = pod.Metadata.Name, Namespace = pod.Metadata.Namespace, Uid = pod.Metadata.Uid, Attempt = attempt },
            LogDirectory = Path.Combine(options.LogDirectory, RuntimeNames.LogFolder(pod)),
            DnsConfig = DnsSettings.Of(pod, options, host),
            Linux = new LinuxPodSandboxConfig { CgroupParent = CgroupParent(pod, options.CgroupRoot), SecurityContext = Security(pod) },
        };
        if (!pod.Spec.HostNetwork)
        {
            var full = PodSpecs.FullHostname(pod, options.ClusterDomain);
            config.Hostname = pod.Spec.SetHostnameAsFQDN == true && full.Length > 0 ? full : PodSpecs.Hostname(pod);
        }

        config.Labels.Add(RuntimeNames.Labels(pod));
        foreach (var (name, value) in pod.Metadata.Labels)
        {
            config.Labels[name] = value;
        }

        config.Annotations.Add(new Dictionary<string, string>(pod.Metadata.Annotations, StringComparer.Ordinal));
        foreach (var sysctl in pod.Spec.SecurityContext?.Sysctls ?? [])
        {
            config.Linux.Sysctls[sysctl.Name] = sysctl.Value;
        }

        config.PortMappings.Add(PodSpecs.AllContainers(pod).SelectMany(c => c.Ports).Where(p => p.HostPort > 0 && !pod.Spec.HostNetwork).Select(Port));
        return config;
    }

    /// <summary>The cgroup that holds a pod's containers.</summary>
    public static string CgroupParent(V1Pod pod, string root) => PodQos.Of(pod) switch
    {
        PodQos.Guaranteed => $"{root}/pod{pod.Metadata.Uid}",
        PodQos.Burstable => $"{BurstableParent(root)}/pod{pod.Metadata.Uid}",
        _ => $"{BestEffortParent(root)}/pod{pod.Metadata.Uid}",
    };

    /// <summary>The cgroup of all pods that asked for something, but not for all they may use.</summary>
    public static string BurstableParent(string root) => root + "/burstable";

    /// <summary>The cgroup of all pods that asked for nothing.</summary>
    public static string BestEffortParent(string root) => root + "/besteffort";

    private static PortMapping Port(V1ContainerPort port) => new()
    {
        ContainerPort = port.ContainerPort,
        HostPort = port.HostPort,
        HostIp = port.HostIP,
        Protocol = port.Protocol switch { "UDP" => Protocol.Udp, "SCTP" => Protocol.Sctp, _ => Protocol.Tcp },
    };

    private static LinuxSandboxSecurityContext Security(V1Pod pod)
    {
        var shared = pod.Spec.SecurityContext ?? new V1PodSecurityContext();
        var result = new LinuxSandboxSecurityContext
        {
            NamespaceOptions = ContainerSecurity.Namespaces(pod),
            Privileged = PodSpecs.AllContainers(pod).Any(c => c.SecurityContext?.Privileged == true),
            Seccomp = new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.RuntimeDefault },
        };
        if (shared.RunAsUser is { } user)
        {
            result.RunAsUser = new Int64Value { Value = user };
        }

        if (shared.RunAsGroup is { } group)
        {
            result.RunAsGroup = new Int64Value { Value = group };
        }

        result.SupplementalGroups.Add(ContainerSecurity.Groups(shared));
        return result;
    }
}
