using System.Globalization;
using System.Net;
using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Server.Services;

/// <summary>The addresses and node ports that Services hold. Addresses are compared by value, whatever way they are written.</summary>
internal sealed class ServiceUsage
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    public static ServiceUsage Of(IEnumerable<V1Service> services)
    {
        var usage = new ServiceUsage();
        foreach (var service in services)
        {
            foreach (var address in service.Spec.ClusterIPs.Count > 0 ? service.Spec.ClusterIPs : [service.Spec.ClusterIP])
            {
                if (GoAddress.Find(address) is { } parsed)
                {
                    usage._taken.Add(Key(parsed));
                }
            }

            foreach (var port in service.Spec.Ports)
            {
                if (port.NodePort != 0)
                {
                    usage._taken.Add(Key(port.NodePort));
                }
            }

            if (service.Spec.HealthCheckNodePort != 0)
            {
                usage._taken.Add(Key(service.Spec.HealthCheckNodePort));
            }
        }

        return usage;
    }

    public static string Key(IPAddress address) => address.ToString();

    public static string Key(int port) => "port " + port.ToString(CultureInfo.InvariantCulture);

    public bool Has(string key) => _taken.Contains(key);
}
