using System.Globalization;
using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Node.Containers;

/// <summary>A container's requests and limits as numbers in a unit of its user's choice.</summary>
public static class ResourceFields
{
    /// <param name="pod">The pod whose container is meant.</param>
    /// <param name="selector">Which amount; without a container name it is <paramref name="container"/>'s.</param>
    /// <param name="container">The container that asks; empty for a volume.</param>
    /// <param name="allocatable">What the node offers: the limit of a container without one.</param>
    /// <exception cref="ConfigurationException">The container or the resource is not known.</exception>
    public static string Value(V1Pod pod, V1ResourceFieldSelector selector, string container, IReadOnlyDictionary<string, Quantity> allocatable)
    {
        var name = selector.ContainerName.Length > 0 ? selector.ContainerName : container;
        var found = pod.Spec.Containers.Concat(pod.Spec.InitContainers).FirstOrDefault(c => c.Name == name)
            ?? throw new ConfigurationException($"container {name} not found");
        var dot = selector.Resource.IndexOf('.', StringComparison.Ordinal);
        var (kind, resource) = dot > 0 ? (selector.Resource[..dot], selector.Resource[(dot + 1)..]) : ("", "");
        var known = resource is "cpu" or "memory" or "ephemeral-storage" || resource.StartsWith("hugepages-", StringComparison.Ordinal);
        if (kind is not ("limits" or "requests") || !known)
        {
            throw new ConfigurationException($"unsupported container resource : {selector.Resource}");
        }

        var list = kind == "limits" ? found.Resources.Limits : found.Resources.Requests;
        if (!list.TryGetValue(resource, out var amount) && kind == "limits")
        {
            amount = allocatable.GetValueOrDefault(resource);
        }

        // Rounded up, so that a fraction of the unit still counts as one.
        var unit = selector.Divisor.IsZero ? Quantity.FromValue(1) : selector.Divisor;
        var whole = resource == "cpu" ? Ceiling(amount.MilliValue, unit.MilliValue) : Ceiling(amount.Value, unit.Value);
        return whole.ToString(CultureInfo.InvariantCulture);
    }

    private static long Ceiling(long amount, long unit) => unit <= 0 ? amount : (amount / unit) + (amount % unit > 0 ? 1 : 0);
}
