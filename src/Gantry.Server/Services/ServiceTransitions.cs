using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;

namespace Gantry.Server.Services;

/// <summary>
/// What an update of a Service means for the fields that clients usually do not name: values that were given out are kept, and those that the
/// new type has no use for are dropped when the client did not touch them.
/// </summary>
internal static class ServiceTransitions
{
    /// <summary>Fills in what was given out before and the update leaves empty.</summary>
    public static void KeepAllocated(TreeMap spec, V1ServiceSpec old)
    {
        if (ServiceFields.NeedsAddress(old.Type) && ServiceFields.NeedsAddress(spec))
        {
            if ((spec.Text("clusterIP") ?? "").Length == 0 && old.ClusterIP.Length > 0)
            {
                spec["clusterIP"] = old.ClusterIP;
            }

            if (spec.Texts("clusterIPs").Count == 0)
            {
                spec.SetTexts("clusterIPs", old.ClusterIPs);
            }
        }

        if (ServiceFields.NeedsNodePorts(old) && ServiceFields.NeedsNodePorts(spec))
        {
            KeepNodePorts(spec, old);
        }

        if (ServiceFields.NeedsHealthCheckPort(old) && ServiceFields.NeedsHealthCheckPort(spec) && spec.Number("healthCheckNodePort") == 0)
        {
            spec["healthCheckNodePort"] = old.HealthCheckNodePort;
        }
    }

    /// <summary>Brings clusterIP and clusterIPs into step: a client may know only the first of the two.</summary>
    public static void AlignAddresses(TreeMap spec, V1ServiceSpec? old)
    {
        var address = spec.Text("clusterIP") ?? "";
        var addresses = spec.Texts("clusterIPs");
        if (old is null)
        {
            if (address.Length > 0 && addresses.Count == 0)
            {
                spec.SetTexts("clusterIPs", [address]);
            }
        }
        else if (address != old.ClusterIP && addresses.SequenceEqual(old.ClusterIPs, StringComparer.Ordinal))
        {
            // Only the first field was changed: the second follows.
            spec.SetTexts("clusterIPs", address.Length == 0 ? [] : [address]);
        }
        else if (address == old.ClusterIP && addresses.Count == 0)
        {
            spec.SetTexts("clusterIPs", old.ClusterIPs);
        }
    }

    /// <summary>Drops what the old type needed, the new one does not, and the client left as it was.</summary>
    /// <param name="service">The whole object: the state of a load balancer goes with its type.</param>
    /// <param name="old">The stored object.</param>
    public static void DropUnneeded(TreeMap service, V1Service old)
    {
        var (spec, was) = (service.Made("spec"), old.Spec);
        if (ServiceFields.NeedsAddress(was.Type) && !ServiceFields.NeedsAddress(spec))
        {
            if ((spec.Text("clusterIP") ?? "") == was.ClusterIP && spec.Texts("clusterIPs").SequenceEqual(was.ClusterIPs, StringComparer.Ordinal))
            {
                spec.Remove("clusterIP");
                spec.Remove("clusterIPs");
            }

            if (spec.Texts("ipFamilies").SequenceEqual(was.IpFamilies, StringComparer.Ordinal))
            {
                spec.Remove("ipFamilies");
            }

            RemoveSame(spec, "ipFamilyPolicy", was.IpFamilyPolicy);
        }

        if (ServiceFields.HasNodePorts(was.Type) && !ServiceFields.HasNodePorts(spec.Text("type")) && NoNewNodePorts(spec, was))
        {
            ReplacePorts(spec, port => port.With("nodePort", null));
        }

        if (ServiceFields.NeedsHealthCheckPort(was) && !ServiceFields.NeedsHealthCheckPort(spec) && spec.Number("healthCheckNodePort") == was.HealthCheckNodePort)
        {
            spec.Remove("healthCheckNodePort");
        }

        if (was.Type == "LoadBalancer" && spec.Text("type") != "LoadBalancer")
        {
            if (spec["allocateLoadBalancerNodePorts"] is TreeBool ports && ports.Value == was.AllocateLoadBalancerNodePorts)
            {
                spec.Remove("allocateLoadBalancerNodePorts");
            }

            RemoveSame(spec, "loadBalancerClass", was.LoadBalancerClass);
        }

        if (ServiceFields.IsReachedFromOutside(was) && !ServiceFields.IsReachedFromOutside(spec))
        {
            RemoveSame(spec, "externalTrafficPolicy", was.ExternalTrafficPolicy);
        }

        if (spec.Text("type") != "LoadBalancer" && service.Map("status") is { } status)
        {
            service["status"] = status.With("loadBalancer", new TreeMap());
        }
    }

    /// <summary>Takes out what Kubernetes never shows of a service that is a name; what is wrong stays, to be refused.</summary>
    public static void HideUnused(TreeMap spec)
    {
        if (!ServiceFields.NeedsAddress(spec) && spec.Text("internalTrafficPolicy") is "Cluster" or "Local")
        {
            spec.Remove("internalTrafficPolicy");
        }
    }

    /// <summary>Replaces each port by what the function makes of it.</summary>
    public static void ReplacePorts(TreeMap spec, Func<TreeMap, TreeMap> change)
    {
        if (spec.List("ports") is { } ports)
        {
            spec["ports"] = new TreeList(ports.Select(p => p is TreeMap port ? change(port) : p));
        }
    }

    private static void KeepNodePorts(TreeMap spec, V1ServiceSpec old)
    {
        // A port of the update that already uses an old number keeps it, so no other port may get it.
        var named = spec.Items("ports").Select(p => p.Number("nodePort")).ToHashSet();
        var byName = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var port in old.Ports)
        {
            byName[port.Name] = port.NodePort;
        }

        ReplacePorts(spec, port =>
            port.Number("nodePort") == 0 && byName.GetValueOrDefault(port.Text("name") ?? "") is var kept and not 0 && !named.Contains(kept)
                ? port.With("nodePort", kept)
                : port);
    }

    private static bool NoNewNodePorts(TreeMap spec, V1ServiceSpec was) =>
        spec.Items("ports").Select(p => p.Number("nodePort")).All(p => p == 0 || was.Ports.Any(o => o.NodePort == p));

    private static void RemoveSame(TreeMap spec, string key, string? old)
    {
        if (string.Equals(spec.Text(key), old, StringComparison.Ordinal))
        {
            spec.Remove(key);
        }
    }
}
