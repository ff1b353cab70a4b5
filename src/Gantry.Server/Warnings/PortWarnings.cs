using Gantry.Api.Models;
using Gantry.Server.Validation;

namespace Gantry.Server.Warnings;

/// <summary>Warnings about container ports that stand in each other's way.</summary>
internal static class PortWarnings
{
    public static void Ports(V1PodSpec spec, FieldPath at, Action<string> warn)
    {
        List<(V1ContainerPort Port, FieldPath At)>? seen = null;
        Of(spec.InitContainers, at.Child("initContainers"));
        Of(spec.Containers, at.Child("containers"));

        void Of(IReadOnlyList<V1Container> containers, FieldPath list)
        {
            for (var i = 0; i < containers.Count; i++)
            {
                for (var k = 0; k < containers[i].Ports.Count; k++)
                {
                    var port = containers[i].Ports[k];
                    var path = list.Index(i).Child("ports").Index(k);
                    if (!string.IsNullOrEmpty(port.HostIP) && Host(port) == 0)
                    {
                        warn($"{path}: hostIP set without hostPort: {{Name:{port.Name} HostPort:0 ContainerPort:{port.ContainerPort} Protocol:{port.Protocol} HostIP:{port.HostIP}}}");
                    }

                    seen ??= [];
                    Compare(port, path, seen, warn);
                    seen.Add((port, path));
                }
            }
        }
    }

    private static void Compare(V1ContainerPort port, FieldPath at, List<(V1ContainerPort Port, FieldPath At)> seen, Action<string> warn)
    {
        foreach (var (other, otherAt) in seen)
        {
            if (other.ContainerPort != port.ContainerPort || other.Protocol != port.Protocol)
            {
                continue;
            }

            var (ip, otherIp) = (port.HostIP ?? "", other.HostIP ?? "");
            if (ip == otherIp && Host(port) == Host(other))
            {
                warn($"{at}: duplicate port definition with {otherAt}");
            }
            else if (Host(port) == 0 || Host(other) == 0)
            {
                warn($"{at}: overlapping port definition with {otherAt}");
            }
            else if (Host(port) == Host(other) && ip.Length == 0 != (otherIp.Length == 0))
            {
                warn($"{at}: dangerously ambiguous port definition with {otherAt}");
            }
        }
    }

    private static int Host(V1ContainerPort port) => port.HostPort;
}
