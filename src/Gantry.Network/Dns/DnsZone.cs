using System.Collections.Immutable;
using System.Net;
using Gantry.Network.Facts;

namespace Gantry.Network.Dns;

/// <summary>
/// The cluster's names at one moment: Services and their endpoints, and which address belongs to whom. Immutable; a changed Service gives
/// a new zone that shares everything else with the old one, so names cost the same in large clusters as in small ones.
/// </summary>
public sealed class DnsZone
{
    private readonly ImmutableDictionary<ServiceName, DnsService> _services;
    private readonly ImmutableDictionary<IPAddress, ImmutableSortedSet<string>> _reverse;

    private DnsZone(
        string domain,
        ImmutableDictionary<ServiceName, DnsService> services,
        ImmutableDictionary<IPAddress, ImmutableSortedSet<string>> reverse)
    {
        Domain = domain;
        _services = services;
        _reverse = reverse;
    }

    /// <summary>The cluster domain, lower case, without the final dot.</summary>
    public string Domain { get; }

    public static DnsZone Empty(string domain) => new(
        domain.TrimEnd('.').ToLowerInvariant(),
        ImmutableDictionary<ServiceName, DnsService>.Empty,
        ImmutableDictionary<IPAddress, ImmutableSortedSet<string>>.Empty);

    /// <summary>The zone with the present state of one Service; null takes it out.</summary>
    public DnsZone With(ServiceName name, ServiceFact? fact, IEnumerable<SliceFact> slices)
    {
        var reverse = _reverse;
        if (_services.TryGetValue(name, out var old))
        {
            foreach (var (address, owner) in Owners(old))
            {
                var rest = reverse[address].Remove(owner);
                reverse = rest.IsEmpty ? reverse.Remove(address) : reverse.SetItem(address, rest);
            }
        }

        if (fact is null)
        {
            return old is null ? this : new(Domain, _services.Remove(name), reverse);
        }

        var now = DnsService.From(fact, slices);
        foreach (var (address, owner) in Owners(now))
        {
            reverse = reverse.SetItem(address, reverse.GetValueOrDefault(address, ImmutableSortedSet.Create<string>(StringComparer.Ordinal)).Add(owner));
        }

        return new(Domain, _services.SetItem(name, now), reverse);
    }

    public DnsService? Find(string ns, string name) => _services.GetValueOrDefault(new(ns, name));

    /// <summary>The names of an address, ordered; empty for one the cluster does not know.</summary>
    public IReadOnlyCollection<string> NamesOf(IPAddress address) => _reverse.TryGetValue(address, out var names) ? names : [];

    /// <summary>The full name of a Service, without the final dot.</summary>
    public string FullName(ServiceName name) => $"{name.Name}.{name.Namespace}.svc.{Domain}";

    private IEnumerable<(IPAddress Address, string Owner)> Owners(DnsService service)
    {
        var full = FullName(service.Fact.Name);
        return service.Headless
            ? service.Endpoints.Select(e => (e.Address, $"{e.Label}.{full}")).Distinct()
            : service.Fact.ClusterAddresses.Select(a => (a, full)).Distinct();
    }
}
