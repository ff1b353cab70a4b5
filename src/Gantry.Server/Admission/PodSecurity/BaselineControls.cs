using System.Collections.Frozen;
using System.Globalization;
using Gantry.Api.Models;
using Gantry.Server.Authorization;

namespace Gantry.Server.Admission.PodSecurity;

/// <summary>The controls of the baseline level: what nobody needs who does not manage nodes. Each gives its violation, or null.</summary>
internal static class BaselineControls
{
    private const string AppArmorPrefix = "container.apparmor.security.beta.kubernetes.io/";
    private const string SeccompPod = "seccomp.security.alpha.kubernetes.io/pod";
    private const string SeccompPrefix = "container.seccomp.security.alpha.kubernetes.io/";

    private static readonly FrozenSet<string> Capabilities = new[]
    {
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] FirstTypes = ["", "container_t", "container_init_t", "container_kvm_t"];
    private static readonly string[] TypesSince31 = [.. FirstTypes, "container_engine_t"];

    private static readonly string[] FirstSysctls =
    [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start",
    ];

    private static readonly string[] SysctlsSince27 = [.. FirstSysctls, "net.ipv4.ip_local_reserved_ports"];

    private static readonly string[] SysctlsSince29 =
    [
        .. SysctlsSince27, "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
    ];

    private static readonly string[] SysctlsSince32 = [.. SysctlsSince29, "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"];

    public static Violation? AppArmor(PodFacts pod)
    {
        static bool Allowed(string? type) => type is null or "RuntimeDefault" or "Localhost";
        var onPod = pod.Spec.SecurityContext?.AppArmorProfile?.Type;
        var containers = pod.Names(c => !Allowed(c.Security?.AppArmorProfile?.Type));
        var values = pod.Containers.Select(c => c.Security?.AppArmorProfile?.Type).Prepend(onPod).Where(t => !Allowed(t))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(t => t!).ToList();
        var annotations = pod.Annotations
            .Where(a => a.Key.StartsWith(AppArmorPrefix, StringComparison.Ordinal)
                && a.Value is not ("" or "runtime/default") && !a.Value.StartsWith("localhost/", StringComparison.Ordinal))
            .Select(a => $"{a.Key}={GoText.Quote(a.Value)}").Order(StringComparer.Ordinal).ToList();
        var setters = PodFacts.Setters(!Allowed(onPod), containers);
        if (annotations.Count > 0)
        {
            setters += (setters.Length > 0 ? " and " : "") + PodFacts.Plural("annotation", "annotations", annotations.Count);
            values.AddRange(annotations);
        }

        return setters.Length == 0 ? null : new Violation(
            PodFacts.Plural("forbidden AppArmor profile", "forbidden AppArmor profiles", values.Count),
            $"{setters} must not set AppArmor profile type to {PodFacts.Quoted(values)}");
    }

    public static Violation? AddedCapabilities(PodFacts pod)
    {
        var added = new SortedSet<string>(StringComparer.Ordinal);
        var containers = pod.Names(c =>
        {
            var beyond = (c.Security?.Capabilities?.Add ?? []).Where(a => !Capabilities.Contains(a)).ToList();
            added.UnionWith(beyond);
            return beyond.Count > 0;
        });
        return containers.Count == 0 ? null : new Violation(
            "non-default capabilities", $"{PodFacts.Containing(containers)} must not include {PodFacts.Quoted(added)} in securityContext.capabilities.add");
    }

    public static Violation? HostNamespaces(PodFacts pod)
    {
        var shared = new[] { ("hostNetwork=true", pod.Spec.HostNetwork), ("hostPID=true", pod.Spec.HostPID), ("hostIPC=true", pod.Spec.HostIPC) }
            .Where(s => s.Item2).Select(s => s.Item1).ToList();
        return shared.Count == 0 ? null : new Violation("host namespaces", string.Join(", ", shared));
    }

    public static Violation? HostPaths(PodFacts pod)
    {
        var volumes = pod.Spec.Volumes.Where(v => v.HostPath is not null).Select(v => v.Name).ToList();
        return volumes.Count == 0 ? null : new Violation("hostPath volumes", $"{PodFacts.Plural("volume", "volumes", volumes.Count)} {PodFacts.Quoted(volumes)}");
    }

    public static Violation? HostPorts(PodFacts pod)
    {
        var ports = new SortedSet<string>(StringComparer.Ordinal);
        var containers = pod.Names(c =>
        {
            var used = c.Ports.Where(p => p.HostPort != 0).Select(p => p.HostPort.ToString(CultureInfo.InvariantCulture)).ToList();
            ports.UnionWith(used);
            return used.Count > 0;
        });
        return containers.Count == 0 ? null : new Violation(
            "hostPort",
            $"{PodFacts.Containing(containers)} {PodFacts.Plural("uses", "use", containers.Count)} {PodFacts.Plural("hostPort", "hostPorts", ports.Count)} {string.Join(", ", ports)}");
    }

    public static Violation? Privileged(PodFacts pod)
    {
        var containers = pod.Names(c => c.Security?.Privileged == true);
        return containers.Count == 0 ? null : new Violation("privileged", $"{PodFacts.Containing(containers)} must not set securityContext.privileged=true");
    }

    public static Violation? ProcMount(PodFacts pod)
    {
        var containers = pod.Names(c => c.Security?.ProcMount is not (null or "Default"));
        var types = pod.Containers.Select(c => c.Security?.ProcMount).Where(p => p is not (null or "Default")).Select(p => p!)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return containers.Count == 0 ? null : new Violation(
            "procMount", $"{PodFacts.Containing(containers)} must not set securityContext.procMount to {PodFacts.Quoted(types)}");
    }

    public static Violation? SeLinux(PodFacts pod) => SeLinux(pod, FirstTypes);

    public static Violation? SeLinuxSince31(PodFacts pod) => SeLinux(pod, TypesSince31);

    public static Violation? SeccompAnnotations(PodFacts pod)
    {
        static bool Allowed(string value) => value is "runtime/default" or "docker/default" || value.StartsWith("localhost/", StringComparison.Ordinal);
        var forbidden = pod.Containers.Select(c => SeccompPrefix + c.Name).Prepend(SeccompPod).Distinct(StringComparer.Ordinal)
            .Where(k => pod.Annotations.TryGetValue(k, out var value) && !Allowed(value))
            .Select(k => $"{k}={GoText.Quote(pod.Annotations[k])}").Order(StringComparer.Ordinal).ToList();
        return forbidden.Count == 0 ? null : new Violation(
            "seccompProfile", $"forbidden {PodFacts.Plural("annotation", "annotations", forbidden.Count)} {string.Join(", ", forbidden)}");
    }

    public static Violation? Seccomp(PodFacts pod)
    {
        static bool Allowed(V1SeccompProfile? profile) => profile?.Type is null or "RuntimeDefault" or "Localhost";
        var onPod = pod.Spec.SecurityContext?.SeccompProfile;
        var containers = pod.Names(c => !Allowed(c.Security?.SeccompProfile));
        var setters = PodFacts.Setters(!Allowed(onPod), containers);
        var types = pod.Containers.Select(c => c.Security?.SeccompProfile).Prepend(onPod).Where(p => !Allowed(p)).Select(p => p!.Type)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return setters.Length == 0 ? null : new Violation("seccompProfile", $"{setters} must not set securityContext.seccompProfile.type to {PodFacts.Quoted(types)}");
    }

    public static Violation? Sysctls(PodFacts pod) => Sysctls(pod, FirstSysctls);

    public static Violation? Sysctls27(PodFacts pod) => Sysctls(pod, SysctlsSince27);

    public static Violation? Sysctls29(PodFacts pod) => Sysctls(pod, SysctlsSince29);

    public static Violation? Sysctls32(PodFacts pod) => Sysctls(pod, SysctlsSince32);

    public static Violation? HostProcess(PodFacts pod)
    {
        var setters = PodFacts.Setters(
            pod.Spec.SecurityContext?.WindowsOptions?.HostProcess == true, pod.Names(c => c.Security?.WindowsOptions?.HostProcess == true));
        return setters.Length == 0 ? null : new Violation("hostProcess", $"{setters} must not set securityContext.windowsOptions.hostProcess=true");
    }

    private static Violation? SeLinux(PodFacts pod, string[] allowed)
    {
        bool Allowed(V1SELinuxOptions? options) =>
            options is null || (allowed.Contains(options.Type, StringComparer.Ordinal) && options.User.Length == 0 && options.Role.Length == 0);
        var onPod = pod.Spec.SecurityContext?.SeLinuxOptions;
        var setters = PodFacts.Setters(!Allowed(onPod), pod.Names(c => !Allowed(c.Security?.SeLinuxOptions)));
        if (setters.Length == 0)
        {
            return null;
        }

        var all = pod.Containers.Select(c => c.Security?.SeLinuxOptions).Prepend(onPod).Where(o => o is not null).Select(o => o!).ToList();
        var types = all.Select(o => o.Type).Where(t => !allowed.Contains(t, StringComparer.Ordinal)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var wrong = new List<string>();
        if (types.Count > 0)
        {
            wrong.Add($"{PodFacts.Plural("type", "types", types.Count)} {PodFacts.Quoted(types)}");
        }

        if (all.Exists(o => o.User.Length > 0))
        {
            wrong.Add("user may not be set");
        }

        if (all.Exists(o => o.Role.Length > 0))
        {
            wrong.Add("role may not be set");
        }

        return new Violation("seLinuxOptions", $"{setters} set forbidden securityContext.seLinuxOptions: {string.Join("; ", wrong)}");
    }

    private static Violation? Sysctls(PodFacts pod, string[] allowed)
    {
        var forbidden = (pod.Spec.SecurityContext?.Sysctls ?? []).Select(s => s.Name).Where(n => !allowed.Contains(n, StringComparer.Ordinal)).ToList();
        return forbidden.Count == 0 ? null : new Violation("forbidden sysctls", string.Join(", ", forbidden));
    }
}
