using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Controllers.EndpointSlices;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.Endpoints;

/// <summary>Keeps the Endpoints object of a Service: the older form of the same facts. Pure.</summary>
public static class EndpointsPlanner
{
    private const int Most = 1000;
    private const string OverCapacity = "endpoints.kubernetes.io/over-capacity";

    /// <param name="service">A Service with a selector.</param>
    /// <param name="pods">The pods it selects.</param>
    /// <param name="present">The Endpoints object of its name, or null.</param>
    public static IReadOnlyList<Intent> Plan(V1Service service, IReadOnlyList<V1Pod> pods, V1Endpoints? present)
    {
        var subsets = Subsets(service, pods, out var truncated);
        var labels = new Dictionary<string, string>(service.Metadata.Labels, StringComparer.Ordinal);
        labels.Remove(EndpointSlicePlanner.HeadlessLabel);
        if (ServicePorts.IsHeadless(service))
        {
            labels[EndpointSlicePlanner.HeadlessLabel] = "";
        }

        if (present is null)
        {
            var annotations = truncated ? new Dictionary<string, string> { [OverCapacity] = "truncated" } : [];
            return [new Create<V1Endpoints>(new V1Endpoints
            {
                Metadata = new V1ObjectMeta { Namespace = service.Metadata.Namespace, Name = service.Metadata.Name, Labels = labels, Annotations = annotations },
                Subsets = subsets,
            })];
        }

        var notes = new Dictionary<string, string>(present.Metadata.Annotations, StringComparer.Ordinal);
        notes.Remove(OverCapacity);
        if (truncated)
        {
            notes[OverCapacity] = "truncated";
        }

        var now = present with { Subsets = subsets, Metadata = present.Metadata with { Labels = labels, Annotations = notes } };
        return now == present ? [] : [new Update<V1Endpoints>(now)];
    }

    /// <summary>The addresses, those with the same ports together; in a fixed order, so that equal pods give equal objects.</summary>
    private static IReadOnlyList<V1EndpointSubset> Subsets(V1Service service, IReadOnlyList<V1Pod> pods, out bool truncated)
    {
        var family = service.Spec.IpFamilies.Count > 0 ? service.Spec.IpFamilies[0] : "IPv4";
        var sources = pods
            .Where(p => p.Metadata.DeletionTimestamp is null || service.Spec.PublishNotReadyAddresses)
            .Select(p => (Pod: p, Address: Address(service, p, family), Ports: ServicePorts.Of(service, p)))
            .Where(s => s.Address is not null && (s.Ports.Count > 0 || (service.Spec.Ports.Count == 0 && ServicePorts.IsHeadless(service))))
            .OrderBy(s => s.Address!.Ip, StringComparer.Ordinal).ToList();
        truncated = sources.Count > Most;
        var byPorts = sources.Take(Most).GroupBy(s => string.Join('|', s.Ports));
        return
        [
            .. from @group in byPorts
               orderby @group.Key
               select new V1EndpointSubset
               {
                   Addresses = [.. @group.Where(s => Ready(service, s.Pod)).Select(s => s.Address!)],
                   NotReadyAddresses = [.. @group.Where(s => !Ready(service, s.Pod)).Select(s => s.Address!)],
                   Ports = [.. @group.First().Ports.Select(p => new CoreV1EndpointPort { Name = p.Name, Port = p.Port, Protocol = p.Protocol, AppProtocol = p.AppProtocol })],
               },
        ];
    }

    private static bool Ready(V1Service service, V1Pod pod) => service.Spec.PublishNotReadyAddresses || PodFacts.IsReady(pod);

    private static V1EndpointAddress? Address(V1Service service, V1Pod pod, string family)
    {
        var address = ServicePorts.Addresses(pod).FirstOrDefault(a => a.Contains(':', StringComparison.Ordinal) == (family == "IPv6"));
        return address is null ? null : new V1EndpointAddress
        {
            Ip = address,
            Hostname = ServicePorts.Hostname(service, pod) ?? "",
            NodeName = pod.Spec.NodeName.Length > 0 ? pod.Spec.NodeName : null,
            TargetRef = new V1ObjectReference { Kind = "Pod", Namespace = pod.Metadata.Namespace, Name = pod.Metadata.Name, Uid = pod.Metadata.Uid },
        };
    }

    /// <summary>The removal of what a deleted Service left behind.</summary>
    public static IReadOnlyList<Intent> Remove(V1Endpoints left) => [new Delete<V1Endpoints>(ObjectKey.Of(left), left.Metadata.Uid)];
}
