using Gantry.Api.Models;

namespace Gantry.Controllers.EndpointSlices;

/// <summary>A port of a Service as one pod serves it.</summary>
public sealed record ResolvedPort(string Name, string Protocol, int Port, string? AppProtocol);

/// <summary>Finds the ports and addresses of pods that stand for a Service.</summary>
public static class ServicePorts
{
    /// <summary>The Service's ports on that pod; a port whose name the pod does not know is left out.</summary>
    public static IReadOnlyList<ResolvedPort> Of(V1Service service, V1Pod pod) =>
    [
        .. from port in service.Spec.Ports
           let number = Find(pod, port)
           where number is not null
           select new ResolvedPort(port.Name, port.Protocol.Length > 0 ? port.Protocol : "TCP", number.Value, port.AppProtocol),
    ];

    /// <summary>Whether the Service has no address of its own, so that clients must find the pods.</summary>
    public static bool IsHeadless(V1Service service) => service.Spec.ClusterIP == "None";

    /// <summary>The pod's name in the Service's domain, or null: it must ask for one, and for this Service.</summary>
    public static string? Hostname(V1Service service, V1Pod pod) =>
        pod.Spec.Hostname.Length > 0 && pod.Spec.Subdomain == service.Metadata.Name && pod.Metadata.Namespace == service.Metadata.Namespace ? pod.Spec.Hostname : null;

    /// <summary>The pod's addresses; there are none while it has not started or when it has ended.</summary>
    public static IEnumerable<string> Addresses(V1Pod pod) =>
        pod.Status.Phase is "Succeeded" or "Failed" ? []
        : pod.Status.PodIPs.Count > 0 ? pod.Status.PodIPs.Select(i => i.Ip)
        : pod.Status.PodIP.Length > 0 ? [pod.Status.PodIP]
        : [];

    private static int? Find(V1Pod pod, V1ServicePort port)
    {
        if (port.TargetPort.IsInt)
        {
            return port.TargetPort.IntValue > 0 ? port.TargetPort.IntValue : port.Port;
        }

        var protocol = port.Protocol.Length > 0 ? port.Protocol : "TCP";
        return pod.Spec.Containers
            .Concat(pod.Spec.InitContainers.Where(c => c.RestartPolicy == "Always"))
            .SelectMany(c => c.Ports)
            .FirstOrDefault(p => p.Name == port.TargetPort.StringValue && (p.Protocol.Length > 0 ? p.Protocol : "TCP") == protocol)?.ContainerPort;
    }
}
