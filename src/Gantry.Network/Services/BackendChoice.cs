using System.Net.Sockets;
using Gantry.Network.Facts;

namespace Gantry.Network.Services;

/// <summary>
/// Which endpoints get traffic for one Service port: the ready ones; if there is none, those that terminate but still serve, so that a
/// rollout or a drained node loses no request. The rule is applied to all endpoints and again to those on this node alone.
/// </summary>
public static class BackendChoice
{
    /// <summary>Every backend of the family for the port, each address and port once, in a stable order.</summary>
    public static IReadOnlyList<Backend> Everywhere(ServicePortFact port, IEnumerable<SliceFact> slices, AddressFamily family, string node) =>
        Usable(Candidates(port, slices, family, node));

    /// <summary>The backends on this node only.</summary>
    public static IReadOnlyList<Backend> Here(ServicePortFact port, IEnumerable<SliceFact> slices, AddressFamily family, string node) =>
        Usable(Candidates(port, slices, family, node).Where(c => c.Backend.Here));

    private static IEnumerable<(Backend Backend, EndpointFact Endpoint)> Candidates(
        ServicePortFact port, IEnumerable<SliceFact> slices, AddressFamily family, string node) =>
        from slice in slices
        from slicePort in slice.Ports
        where slicePort.Transport == port.Transport && string.Equals(slicePort.Name, port.Name, StringComparison.Ordinal)
        from endpoint in slice.Endpoints
        where endpoint.Address.AddressFamily == family
        select (new Backend(endpoint.Address, slicePort.Port, string.Equals(endpoint.Node, node, StringComparison.Ordinal)), endpoint);

    private static List<Backend> Usable(IEnumerable<(Backend Backend, EndpointFact Endpoint)> candidates)
    {
        var all = candidates.ToList();
        var ready = all.Where(c => c.Endpoint.Ready).Select(c => c.Backend);
        var chosen = ready.Any() ? ready : all.Where(c => c.Endpoint.Serving && c.Endpoint.Terminating).Select(c => c.Backend);
        return [.. chosen.DistinctBy(b => (b.Address, b.Port)).OrderBy(b => b.Address.ToString(), StringComparer.Ordinal).ThenBy(b => b.Port)];
    }
}
