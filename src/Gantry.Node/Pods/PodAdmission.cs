using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Node.Machine;

namespace Gantry.Node.Pods;

/// <summary>Whether a node takes a pod that was bound to it: a scheduler has looked already, but pods may be bound by anybody. Pure.</summary>
public static class PodAdmission
{
    private static readonly string[] SafeSysctls =
    [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
    ];

    /// <summary>Null when the pod is taken; else how it ends.</summary>
    /// <param name="pod">The new pod.</param>
    /// <param name="pods">All pods bound to the node; those that are over do not count.</param>
    /// <param name="machine">What the node has.</param>
    /// <param name="options">What it allows.</param>
    public static PodEnd? Refusal(V1Pod pod, IEnumerable<V1Pod> pods, MachineResources machine, NodeOptions options)
    {
        if (pod.Spec.Os is { Name: not ("linux" or "") })
        {
            return new PodEnd("Failed", "PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS");
        }

        if (pod.Spec.HostUsers == false)
        {
            // To run it with the machine's users would be less than it was promised.
            return new PodEnd("Failed", "UserNamespacesNotSupported", "the node does not support user namespaces (hostUsers: false)");
        }

        if (pod.Spec.SecurityContext?.Sysctls.FirstOrDefault(s => !Allowed(s.Name, pod, options)) is { } sysctl)
        {
            return new PodEnd("Failed", "SysctlForbidden", $"forbidden sysctl: \"{sysctl.Name}\" not allowlisted");
        }

        var others = pods.Where(p => p.Metadata.Uid != pod.Metadata.Uid && !PodSpecs.IsTerminal(p)).ToList();
        if (others.Count + 1 > machine.Pods)
        {
            return Full("pods", 1, others.Count, machine.Pods);
        }

        foreach (var (name, capacity) in machine.Allocatable.Where(a => a.Key is "cpu" or "memory" or "ephemeral-storage"))
        {
            var asked = Asked(pod, name);
            var used = others.Aggregate(Quantity.Zero, (sum, p) => sum + Asked(p, name));
            if (!asked.IsZero && asked + used > capacity)
            {
                return name == "cpu" ? Full(name, asked.MilliValue, used.MilliValue, capacity.MilliValue) : Full(name, asked.Value, used.Value, capacity.Value);
            }
        }

        return null;
    }

    /// <summary>What a pod asks for of a resource.</summary>
    public static Quantity Asked(V1Pod pod, string resource) =>
        Most(pod, c => c.Resources.Requests.GetValueOrDefault(resource)) + pod.Spec.Overhead.GetValueOrDefault(resource);

    /// <summary>The sum of a pod's containers, or its most demanding init container if that is more; sidecars count with both.</summary>
    public static Quantity Most(V1Pod pod, Func<V1Container, Quantity> amount)
    {
        var sidecars = Quantity.Zero;
        var most = Quantity.Zero;
        foreach (var init in pod.Spec.InitContainers)
        {
            var alone = amount(init);
            if (PodSpecs.IsSidecar(init))
            {
                sidecars += alone;
                alone = Quantity.Zero;
            }

            most = sidecars + alone > most ? sidecars + alone : most;
        }

        var sum = pod.Spec.Containers.Aggregate(sidecars, (total, c) => total + amount(c));
        return sum > most ? sum : most;
    }

    private static bool Allowed(string sysctl, V1Pod pod, NodeOptions options)
    {
        var name = sysctl.Replace('/', '.');
        // What belongs to a namespace that the pod shares with the machine would be set for the machine.
        if ((pod.Spec.HostNetwork && name.StartsWith("net.", StringComparison.Ordinal)) || (pod.Spec.HostIPC && name.StartsWith("kernel.shm", StringComparison.Ordinal)))
        {
            return false;
        }

        return SafeSysctls.Contains(name, StringComparer.Ordinal)
            || options.UnsafeSysctls.Any(u => u == name || (u.EndsWith('*') && name.StartsWith(u[..^1], StringComparison.Ordinal)));
    }

    private static PodEnd Full(string resource, long asked, long used, long capacity) => new(
        "Failed", "OutOf" + resource, FormattableString.Invariant($"Node didn't have enough resource: {resource}, requested: {asked}, used: {used}, capacity: {capacity}"));
}
