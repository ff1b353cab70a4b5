using System.Globalization;
using System.Net;
using Gantry.Network.Facts;

namespace Gantry.Network.Services;

/// <summary>
/// Turns one Service and its endpoints into rules. Pure. Each port becomes at most three chains: "svc" sends to any endpoint, "here" to those
/// on this node, "ext" is where traffic to node ports, external and balancer addresses comes in and where the policies of outside traffic live.
/// </summary>
public static class ServicePlanner
{
    /// <summary>The maximum number of clients that one endpoint's affinity set remembers; older ones lose their affinity first.</summary>
    public const int RememberedClients = 65535;

    public static ServiceRules Plan(ServiceFact service, IReadOnlyList<SliceFact> slices, NetworkOptions options)
    {
        // ExternalName and headless Services live in DNS only.
        if (service.ExternalName is not null || service.ClusterAddresses.Count == 0)
        {
            return ServiceRules.None;
        }

        var plan = new Draft();
        foreach (var family in options.Families())
        {
            var names = new FamilyNames(family, options);
            if (service.ClusterAddresses.FirstOrDefault(names.Has) is { } cluster)
            {
                foreach (var port in service.Ports)
                {
                    new PortPlan(service, port, names, options, plan).Add(cluster, slices);
                }
            }
        }

        return new(plan.Elements, plan.Chains, plan.Sets);
    }

    private sealed class Draft
    {
        public List<(string Set, string Key, string Value)> Elements { get; } = [];

        public List<(string Name, IReadOnlyList<string> Rules)> Chains { get; } = [];

        public List<(string Name, IReadOnlyList<string> Declaration)> Sets { get; } = [];
    }

    private sealed class PortPlan(ServiceFact service, ServicePortFact port, FamilyNames names, NetworkOptions options, Draft plan)
    {
        private readonly string _name = string.Create(
            CultureInfo.InvariantCulture, $"{service.Name.Namespace}/{service.Name.Name}/{port.Transport.Lower()}/{port.Port}");

        private readonly string _mark = string.Create(CultureInfo.InvariantCulture, $"meta mark set meta mark or 0x{options.MasqueradeBit:x}");

        public void Add(IPAddress cluster, IReadOnlyList<SliceFact> slices)
        {
            // The node itself answers at the DNS address: translating or refusing there would cut pods off from it.
            if (cluster.Equals(options.DnsAddress))
            {
                return;
            }

            var everywhere = BackendChoice.Everywhere(port, slices, names.Family, options.NodeName);
            var here = service.InternalLocal || service.ExternalLocal ? BackendChoice.Here(port, slices, names.Family, options.NodeName) : [];
            if (everywhere.Count > 0)
            {
                Balance(names.Everywhere(_name), cluster, everywhere);
            }

            if (here.Count > 0)
            {
                Balance(names.Here(_name), cluster, here);
            }

            Remember(everywhere.Concat(here));
            Inside(cluster, everywhere, here);
            Outside(everywhere, here);
        }

        private void Inside(IPAddress cluster, IReadOnlyList<Backend> everywhere, IReadOnlyList<Backend> here)
        {
            var key = Key(cluster);
            if (everywhere.Count == 0)
            {
                Element(names.Refused, key, "goto refuse");
            }
            else if (service.InternalLocal && here.Count == 0)
            {
                Element(names.Refused, key, "drop");
            }
            else
            {
                Element(names.Served, key, $"goto {(service.InternalLocal ? names.Here(_name) : names.Everywhere(_name))}");
            }
        }

        private void Outside(IReadOnlyList<Backend> everywhere, IReadOnlyList<Backend> here)
        {
            var entries = service.ExternalAddresses.Concat(service.BalancerAddresses).Where(names.Has).Distinct()
                .Select(a => (Served: names.Served, Refused: names.Refused, Key: Key(a))).ToList();
            if (port.NodePort != 0)
            {
                entries.Add((names.ServedPorts, names.RefusedPorts, string.Create(CultureInfo.InvariantCulture, $"{port.Transport.Lower()} . {port.NodePort}")));
            }

            foreach (var (served, refused, key) in entries)
            {
                if (everywhere.Count == 0)
                {
                    Element(refused, key, "goto refuse");
                    continue;
                }

                Element(served, key, $"goto {names.External(_name)}");
                if (service.ExternalLocal && here.Count == 0)
                {
                    Element(refused, key, $"goto {names.DropOutside}");
                }
            }

            if (entries.Count > 0 && everywhere.Count > 0)
            {
                External(here);
            }

            GuardBalancer();
        }

        private void External(IReadOnlyList<Backend> here)
        {
            var svc = names.Everywhere(_name);
            var rules = new List<string>();
            if (!service.ExternalLocal)
            {
                // The endpoint may be on another node, whose answer must come back through this one.
                rules.Add(_mark);
                rules.Add($"goto {svc}");
            }
            else
            {
                // Pods and the node itself are not "outside": for them the external address is only another name of the cluster address.
                if (names.Pods is { } pods)
                {
                    rules.Add($"{names.Ip} saddr {pods} goto {svc}");
                }

                rules.Add($"fib saddr type local {_mark}");
                rules.Add($"fib saddr type local goto {svc}");
                if (here.Count > 0)
                {
                    rules.Add($"goto {names.Here(_name)}");
                }
            }

            plan.Chains.Add((names.External(_name), rules));
        }

        private void GuardBalancer()
        {
            var sources = service.BalancerSources.Where(s => s.BaseAddress.AddressFamily == names.Family).Select(s => s.ToString()).ToList();
            if (service.BalancerSources.Count == 0 || !service.BalancerAddresses.Any(names.Has))
            {
                return;
            }

            var rules = new List<string>();
            if (sources.Count > 0)
            {
                rules.Add($"{names.Ip} saddr {{ {string.Join(", ", sources)} }} return");
            }

            rules.Add("drop");
            plan.Chains.Add((names.Sources(_name), rules));
            foreach (var address in service.BalancerAddresses.Where(names.Has).Distinct())
            {
                Element(names.Guarded, Key(address), $"jump {names.Sources(_name)}");
            }
        }

        /// <summary>One balancing chain. Traffic that does not come from a pod is masqueraded, or a pod would answer past this node.</summary>
        private void Balance(string chain, IPAddress cluster, IReadOnlyList<Backend> backends)
        {
            var rules = new List<string> { names.Pods is { } pods
                ? $"{names.Ip} daddr {cluster} {names.Ip} saddr != {pods} {_mark}"
                : $"{names.Ip} daddr {cluster} {_mark}" };
            var transport = port.Transport.Lower();
            if (service.Affinity is not null)
            {
                rules.AddRange(backends.Select(b => $"{names.Ip} saddr @{names.Clients(_name, b)} goto {names.Sticky(_name, b)}"));
                var verdicts = backends.Select((b, i) => string.Create(CultureInfo.InvariantCulture, $"{i} : goto {names.Sticky(_name, b)}"));
                rules.Add(string.Create(CultureInfo.InvariantCulture, $"numgen random mod {backends.Count} vmap {{ {string.Join(", ", verdicts)} }}"));
            }
            else if (backends.Count == 1)
            {
                rules.Add($"meta l4proto {transport} dnat {names.Ip} to {names.Target(backends[0])}");
            }
            else
            {
                var targets = backends.Select((b, i) => string.Create(CultureInfo.InvariantCulture, $"{i} : {b.Address} . {b.Port}"));
                rules.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"meta l4proto {transport} dnat {names.Ip} to numgen random mod {backends.Count} map {{ {string.Join(", ", targets)} }}"));
            }

            plan.Chains.Add((chain, rules));
        }

        private void Remember(IEnumerable<Backend> backends)
        {
            foreach (var backend in backends.DistinctBy(b => (b.Address, b.Port)))
            {
                // A connection of a pod to itself, recognised after the translation.
                Element(names.Itself, $"{backend.Address} . {backend.Address}", "");
                if (service.Affinity is { } affinity)
                {
                    var clients = names.Clients(_name, backend);
                    plan.Sets.Add((clients, [
                        $"type {names.AddressType}",
                        string.Create(CultureInfo.InvariantCulture, $"size {RememberedClients}"),
                        "flags dynamic,timeout",
                        string.Create(CultureInfo.InvariantCulture, $"timeout {(long)affinity.TotalSeconds}s")]));
                    plan.Chains.Add((names.Sticky(_name, backend), [
                        $"update @{clients} {{ {names.Ip} saddr }}",
                        $"meta l4proto {port.Transport.Lower()} dnat {names.Ip} to {names.Target(backend)}"]));
                }
            }
        }

        private string Key(IPAddress address) => string.Create(CultureInfo.InvariantCulture, $"{address} . {port.Transport.Lower()} . {port.Port}");

        private void Element(string set, string key, string value) => plan.Elements.Add((set, key, value));
    }
}
