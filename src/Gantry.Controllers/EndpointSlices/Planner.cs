using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.EndpointSlices;

/// <summary>
/// Spreads the endpoints of a Service over slices, moving as few as possible: an endpoint stays in the slice it is in, so that one pod's
/// change rewrites one slice. Pure.
/// </summary>
public static class EndpointSlicePlanner
{
    public const string ServiceLabel = "kubernetes.io/service-name";
    public const string ManagerLabel = "endpointslice.kubernetes.io/managed-by";
    public const string Manager = "endpointslice-controller.k8s.io";
    public const string HeadlessLabel = "service.kubernetes.io/headless";

    public static IReadOnlyList<Intent> Plan(ServiceView view)
    {
        var (creates, updates, deletes) = (new List<Intent>(), new List<Intent>(), new List<Intent>());
        foreach (var family in Families(view.Service))
        {
            var groups = Wanted(view, family);
            var rest = view.Slices.Where(s => s.AddressType == family && s.Metadata.DeletionTimestamp is null)
                .OrderBy(s => s.Metadata.CreationTimestamp).ThenBy(s => s.Metadata.Name, StringComparer.Ordinal).ToList();
            foreach (var group in groups)
            {
                var ports = Ports(group.Key);
                var own = rest.Where(s => SamePorts(s.Ports, ports)).ToList();
                rest.RemoveAll(own.Contains);
                Spread(view, family, ports, [.. group], own, creates, updates, deletes);
            }

            // Slices of port sets that no pod has any more; one stays, emptied, when there is nothing else to show for the Service.
            if (groups.Count == 0)
            {
                Spread(view, family, [], [], rest.Take(1).ToList(), creates, updates, deletes, keepEmpty: true);
                rest = [.. rest.Skip(1)];
            }

            deletes.AddRange(rest.Select(Gone));
        }

        deletes.AddRange(view.Slices.Where(s => !Families(view.Service).Contains(s.AddressType)).Select(Gone));

        // New homes first, so that an endpoint that moves is never nowhere.
        return [.. creates, .. updates, .. deletes];
    }

    /// <summary>The endpoint that a pod is, in one address family; null when it has no address there.</summary>
    public static V1Endpoint? Endpoint(ServiceView view, V1Pod pod, string family)
    {
        var address = ServicePorts.Addresses(pod).FirstOrDefault(a => Family(a) == family);
        if (address is null)
        {
            return null;
        }

        var serving = PodFacts.IsReady(pod);
        var terminating = pod.Metadata.DeletionTimestamp is not null;
        return new V1Endpoint
        {
            Addresses = [address],
            Conditions = new V1EndpointConditions
            {
                Ready = view.Service.Spec.PublishNotReadyAddresses || (serving && !terminating),
                Serving = serving,
                Terminating = terminating,
            },
            Hostname = ServicePorts.Hostname(view.Service, pod),
            NodeName = pod.Spec.NodeName.Length > 0 ? pod.Spec.NodeName : null,
            Zone = view.Zones.GetValueOrDefault(pod.Spec.NodeName),
            TargetRef = new V1ObjectReference { Kind = "Pod", Namespace = pod.Metadata.Namespace, Name = pod.Metadata.Name, Uid = pod.Metadata.Uid },
        };
    }

    private static List<IGrouping<PortSet, V1Endpoint>> Wanted(ServiceView view, string family)
    {
        var endpoints = new List<(PortSet Ports, V1Endpoint Endpoint)>();
        foreach (var pod in view.Pods.OrderBy(p => p.Metadata.Name, StringComparer.Ordinal))
        {
            if (Endpoint(view, pod, family) is { } endpoint)
            {
                endpoints.Add((new PortSet(ServicePorts.Of(view.Service, pod)), endpoint));
            }
        }

        return [.. endpoints.GroupBy(e => e.Ports, e => e.Endpoint)];
    }

    private static void Spread(
        ServiceView view, string family, IReadOnlyList<DiscoveryV1EndpointPort> ports, List<V1Endpoint> wanted, List<V1EndpointSlice> slices,
        List<Intent> creates, List<Intent> updates, List<Intent> deletes, bool keepEmpty = false)
    {
        var left = wanted.ToDictionary(e => (e.TargetRef!.Uid, e.Addresses[0]));
        var contents = new Dictionary<V1EndpointSlice, List<V1Endpoint>>(ReferenceEqualityComparer.Instance);

        // 1. What is in a slice stays there, in its present form.
        foreach (var slice in slices)
        {
            var kept = new List<V1Endpoint>();
            foreach (var old in slice.Endpoints)
            {
                if (old.TargetRef is { } target && old.Addresses.Count > 0 && kept.Count < view.SliceSize && left.Remove((target.Uid, old.Addresses[0]), out var now))
                {
                    kept.Add(now);
                }
            }

            contents[slice] = kept;
        }

        // 2. What is new goes where there is room, fullest slices first, then to new slices.
        var fresh = new Queue<V1Endpoint>(wanted.Where(e => left.ContainsKey((e.TargetRef!.Uid, e.Addresses[0]))));
        foreach (var kept in contents.Values.OrderByDescending(k => k.Count))
        {
            while (kept.Count < view.SliceSize && fresh.TryDequeue(out var endpoint))
            {
                kept.Add(endpoint);
            }
        }

        // 3. Emptied slices go, unless one has to stand for the Service.
        var labels = Labels(view.Service);
        foreach (var (slice, kept) in contents)
        {
            if (kept.Count == 0 && !keepEmpty)
            {
                deletes.Add(Gone(slice));
                continue;
            }

            var now = slice with { Endpoints = kept, Ports = ports, Metadata = slice.Metadata with { Labels = labels } };
            if (now != slice)
            {
                updates.Add(new Update<V1EndpointSlice>(now));
            }
        }

        while (fresh.Count > 0 || (keepEmpty && slices.Count == 0))
        {
            var some = new List<V1Endpoint>();
            while (some.Count < view.SliceSize && fresh.TryDequeue(out var endpoint))
            {
                some.Add(endpoint);
            }

            creates.Add(new Create<V1EndpointSlice>(New(view.Service, family, ports, some, labels)));
            keepEmpty = false;
        }
    }

    private static V1EndpointSlice New(
        V1Service service, string family, IReadOnlyList<DiscoveryV1EndpointPort> ports, List<V1Endpoint> endpoints, IReadOnlyDictionary<string, string> labels) => new()
        {
            Metadata = new V1ObjectMeta
            {
                Namespace = service.Metadata.Namespace,
                GenerateName = PodTemplates.Prefix(service.Metadata.Name),
                Labels = labels,
                OwnerReferences = [Owners.Reference(service)],
            },
            AddressType = family,
            Endpoints = endpoints,
            Ports = ports,
        };

    private static Delete<V1EndpointSlice> Gone(V1EndpointSlice slice) => new(ObjectKey.Of(slice), slice.Metadata.Uid);

    private static Dictionary<string, string> Labels(V1Service service)
    {
        var labels = new Dictionary<string, string>(service.Metadata.Labels, StringComparer.Ordinal)
        {
            [ServiceLabel] = service.Metadata.Name,
            [ManagerLabel] = Manager,
        };
        labels.Remove(HeadlessLabel);
        if (ServicePorts.IsHeadless(service))
        {
            labels[HeadlessLabel] = "";
        }

        return labels;
    }

    private static IReadOnlyList<DiscoveryV1EndpointPort> Ports(PortSet set) =>
        [.. set.Ports.Select(p => new DiscoveryV1EndpointPort { Name = p.Name, Port = p.Port, Protocol = p.Protocol, AppProtocol = p.AppProtocol })];

    private static bool SamePorts(IReadOnlyList<DiscoveryV1EndpointPort> a, IReadOnlyList<DiscoveryV1EndpointPort> b) =>
        a.Count == b.Count && a.OrderBy(p => p.Name, StringComparer.Ordinal).SequenceEqual(b.OrderBy(p => p.Name, StringComparer.Ordinal));

    private static IReadOnlyList<string> Families(V1Service service) => service.Spec.IpFamilies.Count > 0 ? service.Spec.IpFamilies : ["IPv4"];

    private static string Family(string address) => address.Contains(':', StringComparison.Ordinal) ? "IPv6" : "IPv4";

    private sealed class PortSet(IReadOnlyList<ResolvedPort> ports) : IEquatable<PortSet>
    {
        public IReadOnlyList<ResolvedPort> Ports { get; } = ports;

        public bool Equals(PortSet? other) => other is not null && Ports.SequenceEqual(other.Ports);

        public override bool Equals(object? obj) => Equals(obj as PortSet);

        public override int GetHashCode() => Ports.Count;
    }
}
