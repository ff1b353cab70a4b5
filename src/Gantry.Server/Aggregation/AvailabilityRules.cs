using System.Globalization;
using Gantry.Api.Models;

namespace Gantry.Server.Aggregation;

/// <summary>What an APIService's Available condition is to say.</summary>
/// <param name="Available">Whether requests are passed on.</param>
/// <param name="Reason">In one word.</param>
/// <param name="Message">For people.</param>
internal readonly record struct Availability(bool Available, string Reason, string Message)
{
    /// <summary>This server answers it itself.</summary>
    public static Availability Local { get; } = new(true, "Local", "Local APIServices are always available");

    public static Availability Passed { get; } = new(true, "Passed", "all checks passed");
}

/// <summary>Whether the server behind an APIService can be reached, as far as objects tell; pure.</summary>
internal static class AvailabilityRules
{
    private const int DefaultPort = 443;

    /// <summary>What is missing, or null when the server is worth asking.</summary>
    public static Availability? Judge(ApiregistrationV1ServiceReference reference, V1Service? service, V1Endpoints? endpoints)
    {
        var (name, ns, port) = (reference.Name, reference.Namespace, reference.Port ?? DefaultPort);
        if (service is null)
        {
            return new(false, "ServiceNotFound", $"service/{name} in \"{ns}\" is not present");
        }

        if (service.Spec.Type != "ClusterIP")
        {
            return null;
        }

        if (service.Spec.Ports.FirstOrDefault(p => p.Port == port) is not { } found)
        {
            return new(false, "ServicePortError", string.Create(CultureInfo.InvariantCulture, $"service/{name} in \"{ns}\" is not listening on port {port}"));
        }

        if (endpoints is null)
        {
            return new(false, "EndpointsNotFound", $"cannot find endpoints for service/{name} in \"{ns}\"");
        }

        return endpoints.Subsets.Any(s => s.Addresses.Count > 0 && s.Ports.Any(p => p.Name == found.Name)) ? null
            : new(false, "MissingEndpoints", $"endpoints for service/{name} in \"{ns}\" have no addresses with port name \"{found.Name}\"");
    }

    /// <summary>The server was asked and did not answer as it should.</summary>
    public static Availability Failed(string what) => new(false, "FailedDiscoveryCheck", "failing or missing response from " + what);
}
