using System.Net;
using System.Net.Sockets;
using Gantry.Network.Facts;

namespace Gantry.Network.Dns;

/// <summary>
/// Answers from the zone, after the Kubernetes DNS specification 1.1. Pure. The difference between "no such name" and "nothing of that type"
/// matters: resolvers go on with their search list after the former only, and remember it for all types.
/// </summary>
public sealed class ZoneResolver(NetworkOptions options, Func<string, bool> namespaceExists)
{
    /// <summary>How long, in seconds, clients may keep answers: short, because pods come and go and nobody tells the clients.</summary>
    public const uint Ttl = 5;

    /// <summary>The version of the specification, which the name dns-version gives as text.</summary>
    public const string SchemaVersion = "1.1.0";

    private readonly string[] _domain = options.ClusterDomain.TrimEnd('.').ToLowerInvariant().Split('.');

    public ZoneResult Resolve(DnsZone zone, DnsName name, DnsType type)
    {
        var labels = name.Labels;
        if (labels.Count >= _domain.Length && labels.Skip(labels.Count - _domain.Length).SequenceEqual(_domain, StringComparer.Ordinal))
        {
            return new Question(zone, name, type, namespaceExists).Resolve([.. labels.Take(labels.Count - _domain.Length)]);
        }

        return ReverseName.TryParse(labels, out var address) ? Reverse(zone, name, type, address) : new ZoneResult.Elsewhere();
    }

    private ZoneResult Reverse(DnsZone zone, DnsName name, DnsType type, IPAddress address)
    {
        var names = zone.NamesOf(address);
        if (names.Count == 0)
        {
            // Addresses of our own ranges are nobody else's business: asking upstream would leak them and wait for nothing.
            return options.PodRanges.Concat(options.ServiceRanges).Any(r => r.Contains(address))
                ? Negative(zone, DnsCode.NameError)
                : new ZoneResult.Elsewhere();
        }

        return type is DnsType.Ptr or DnsType.Any
            ? new ZoneResult.Answered(DnsAnswer.Positive([.. names.Select(n => new DnsRecord.Alias(name, DnsType.Ptr, Ttl, DnsName.Parse(n)))]))
            : Negative(zone, DnsCode.NoError);
    }

    private static ZoneResult.Answered Negative(DnsZone zone, DnsCode code) => new(new(code, [], [Authority(zone)], []));

    private static DnsRecord.Authority Authority(DnsZone zone) =>
        new(DnsName.Parse(zone.Domain), Ttl, DnsName.Parse($"ns.dns.{zone.Domain}"), DnsName.Parse($"hostmaster.{zone.Domain}"), 1, Ttl);

    private sealed class Question(DnsZone zone, DnsName name, DnsType type, Func<string, bool> namespaceExists)
    {
        public ZoneResult Resolve(string[] labels) => labels switch
        {
            [] => Apex(),
            ["dns-version"] => Records([new DnsRecord.Text(name, Ttl, SchemaVersion)]),
            ["svc"] or ["pod"] => Nothing(),
            [var ns, "svc" or "pod"] => namespaceExists(ns) ? Nothing() : Missing(),
            [var address, var ns, "pod"] => Pod(address, ns),
            [var service, var ns, "svc"] => Service(zone.Find(ns, service)),
            [['_', .. var transport], var service, var ns, "svc"] => Transports(zone.Find(ns, service), transport),
            [var host, var service, var ns, "svc"] => Host(zone.Find(ns, service), host),
            [['_', .. var port], ['_', .. var transport], var service, var ns, "svc"] => Ports(zone.Find(ns, service), port, transport),
            _ => Missing(),
        };

        private ZoneResult.Answered Apex() => type switch
        {
            DnsType.Soa => new ZoneResult.Answered(DnsAnswer.Positive([Authority(zone)])),
            DnsType.Ns => new ZoneResult.Answered(DnsAnswer.Positive([new DnsRecord.Alias(name, DnsType.Ns, Ttl, DnsName.Parse($"ns.dns.{zone.Domain}"))])),
            _ => Nothing(),
        };

        private ZoneResult Service(DnsService? service)
        {
            if (service is null)
            {
                return Missing();
            }

            if (service.Fact.ExternalName is { } target)
            {
                // The API checks that it is a name; an older object may still hold something else.
                return DnsName.TryParse(target, out var alias) ? new ZoneResult.Follow(new(name, DnsType.Cname, Ttl, alias)) : Missing();
            }

            // The specification has a headless Service without ready endpoints answer "no such name".
            var addresses = service.Headless ? service.Endpoints.Select(e => e.Address) : service.Fact.ClusterAddresses;
            return Addresses(addresses);
        }

        private ZoneResult.Answered Host(DnsService? service, string host) => service is { Fact.ExternalName: null }
            ? Addresses(service.Endpoints.Where(e => string.Equals(e.Label, host, StringComparison.Ordinal)).Select(e => e.Address))
            : Missing();

        private ZoneResult.Answered Transports(DnsService? service, string transport) =>
            service is { Fact.ExternalName: null } && service.Fact.Ports.Any(p => Matches(p.Transport, transport) && p.Name.Length > 0) ? Nothing() : Missing();

        private ZoneResult.Answered Ports(DnsService? service, string port, string transport)
        {
            if (service is null || service.Fact.ExternalName is not null)
            {
                return Missing();
            }

            var full = zone.FullName(service.Fact.Name);
            List<(int Port, string Target, IPAddress Address)> found = service.Headless
                ? [.. from e in service.Endpoints
                      from p in e.Ports
                      where Matches(p.Transport, transport) && Same(p.Name, port)
                      select (p.Port, $"{e.Label}.{full}", e.Address)]
                : [.. from p in service.Fact.Ports
                      where Matches(p.Transport, transport) && Same(p.Name, port)
                      from a in service.Fact.ClusterAddresses
                      select (p.Port, full, a)];
            if (found.Count == 0)
            {
                return Missing();
            }

            if (type is not (DnsType.Srv or DnsType.Any))
            {
                return Nothing();
            }

            // Weights share out the traffic evenly; a client that goes by weights treats all endpoints alike.
            var targets = found.Select(f => (f.Port, f.Target)).Distinct().ToList();
            var weight = (ushort)Math.Max(1, 100 / targets.Count);
            return new ZoneResult.Answered(DnsAnswer.Positive(
                [.. targets.Select(t => new DnsRecord.Service(name, Ttl, 0, weight, (ushort)t.Port, DnsName.Parse(t.Target)))],
                [.. found.Select(f => (f.Target, f.Address)).Distinct().Select(f => new DnsRecord.Address(DnsName.Parse(f.Target), Ttl, f.Address))]));
        }

        /// <summary>1-2-3-4.NAMESPACE.pod: the name says the address, so no pod need be looked up.</summary>
        private ZoneResult.Answered Pod(string text, string ns)
        {
            if (!namespaceExists(ns))
            {
                return Missing();
            }

            var parsed = IPAddress.TryParse(text.Replace('-', '.'), out var address) && address.AddressFamily == AddressFamily.InterNetwork && text.Count(c => c == '-') == 3
                || IPAddress.TryParse(text.Replace('-', ':'), out address) && address.AddressFamily == AddressFamily.InterNetworkV6;
            return parsed ? Addresses([address!]) : Missing();
        }

        private ZoneResult.Answered Addresses(IEnumerable<IPAddress> addresses)
        {
            var all = addresses.Distinct().Select(a => new DnsRecord.Address(name, Ttl, a)).ToList();
            return all.Count == 0 ? Missing() : Records(all);
        }

        private ZoneResult.Answered Records(IReadOnlyList<DnsRecord> all)
        {
            DnsRecord[] wanted = [.. all.Where(r => type == DnsType.Any || r.Type == type)];
            return wanted.Length == 0 ? Nothing() : new ZoneResult.Answered(DnsAnswer.Positive(wanted));
        }

        private ZoneResult.Answered Nothing() => Negative(zone, DnsCode.NoError);

        private ZoneResult.Answered Missing() => Negative(zone, DnsCode.NameError);

        private static bool Matches(Transport transport, string text) => string.Equals(transport.Lower(), text, StringComparison.Ordinal);

        private static bool Same(string portName, string label) => portName.Length > 0 && string.Equals(portName, label, StringComparison.OrdinalIgnoreCase);
    }
}
