using System.Globalization;
using Gantry.Api.Models;

namespace Gantry.Node.Containers;

/// <summary>The variables that tell a container about services: those of its namespace, and always the API's.</summary>
public static class ServiceEnvironment
{
    private const string ApiNamespace = "default";
    private const string ApiName = "kubernetes";

    /// <param name="services">All services.</param>
    /// <param name="ns">The pod's namespace.</param>
    /// <param name="links">Whether the services of the namespace are shown (<c>enableServiceLinks</c>); the API's is in any case.</param>
    public static IReadOnlyDictionary<string, string> Of(IEnumerable<V1Service> services, string ns, bool links)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        var chosen = services
            .Where(s => s.Spec.ClusterIP is not ("" or "None") && s.Spec.Ports.Count > 0)
            .Where(s => IsApi(s) || (links && s.Metadata.Namespace == ns))
            // A service of the pod's own namespace wins over the API's of the same name.
            .OrderBy(s => s.Metadata.Namespace == ns ? 1 : 0)
            .ThenBy(s => s.Metadata.Name, StringComparer.Ordinal);
        foreach (var service in chosen)
        {
            Add(result, service);
        }

        return result;
    }

    private static bool IsApi(V1Service service) => service.Metadata.Namespace == ApiNamespace && service.Metadata.Name == ApiName;

    private static void Add(Dictionary<string, string> result, V1Service service)
    {
        var prefix = service.Metadata.Name.ToUpperInvariant().Replace('-', '_');
        var address = service.Spec.ClusterIP;
        var first = service.Spec.Ports[0];
        result[prefix + "_SERVICE_HOST"] = address;
        result[prefix + "_SERVICE_PORT"] = Text(first.Port);
        foreach (var port in service.Spec.Ports.Where(p => p.Name.Length > 0))
        {
            result[prefix + "_SERVICE_PORT_" + port.Name.ToUpperInvariant().Replace('-', '_')] = Text(port.Port);
        }

        // The forms of Docker's old links, which programs still read.
        result[prefix + "_PORT"] = Url(first, address);
        foreach (var port in service.Spec.Ports)
        {
            var link = $"{prefix}_PORT_{Text(port.Port)}_{Protocol(port).ToUpperInvariant()}";
            result[link] = Url(port, address);
            result[link + "_PROTO"] = Protocol(port);
            result[link + "_PORT"] = Text(port.Port);
            result[link + "_ADDR"] = address;
        }
    }

    private static string Url(V1ServicePort port, string address) =>
        $"{Protocol(port)}://{(address.Contains(':', StringComparison.Ordinal) ? "[" + address + "]" : address)}:{Text(port.Port)}";

#pragma warning disable CA1308 // the variables hold it in lower case
    private static string Protocol(V1ServicePort port) => port.Protocol.Length == 0 ? "tcp" : port.Protocol.ToLowerInvariant();
#pragma warning restore CA1308

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
