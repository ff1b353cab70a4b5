using System.Globalization;
using System.Net;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;
using Gantry.Server.Validation;

namespace Gantry.Server.Services;

/// <summary>
/// Gives Services their addresses and node ports. The truth is the set of stored Services: nothing else is kept, so nothing leaks and there is
/// nothing to repair after a crash. Only what writes under way have taken is remembered beside it.
/// </summary>
public sealed class ServiceAllocator
{
    internal const string PortIsTaken = "provided port is already allocated";

    private readonly IObjects _objects;
    private readonly Func<long> _seen;
    private readonly ServiceRanges _ranges;
    private readonly AddressRange[] _addresses;
    private readonly string[] _families;
    private readonly Random _random;
    private readonly Lock _lock = new();
    // The revision of the write that took it, or null while that write is under way.
    private readonly Dictionary<string, long?> _pending = new(StringComparer.Ordinal);
    private ServiceUsage _usage = ServiceUsage.Of([]);
    private object? _version;

    /// <param name="objects">The stored Services.</param>
    /// <param name="seen">The revision up to which <paramref name="objects"/> is complete.</param>
    /// <param name="ranges">What may be given out.</param>
    /// <param name="random">The dice for free choices.</param>
    public ServiceAllocator(IObjects objects, Func<long> seen, ServiceRanges ranges, Random random)
    {
        _objects = objects;
        _seen = seen;
        _ranges = ranges;
        _addresses = [.. ranges.Addresses.Select(a => new AddressRange(a))];
        _families = [.. _addresses.Select(a => a.Family)];
        _random = random;
    }

    /// <summary>Prepares a Service for being written: fills in families, addresses and ports, and the consequences of a change of type.</summary>
    /// <param name="service">The object after defaulting and admission; its root and its spec are changed.</param>
    /// <param name="old">The stored object before an update, else null.</param>
    /// <param name="dryRun">Whether the write is only tried: it takes nothing, and is shown the address of the range and ports outside of theirs.</param>
    /// <returns>To be committed after the write and disposed in any case.</returns>
    public ServiceAllocation Prepare(TreeMap service, V1Service? old, bool dryRun = false)
    {
        var spec = service.Map("spec")?.ShallowCopy() ?? new TreeMap();
        service["spec"] = spec;
        if (old is not null)
        {
            ServiceTransitions.KeepAllocated(spec, old.Spec);
        }

        ServiceTransitions.AlignAddresses(spec, old?.Spec);
        var name = service.Map("metadata")?.Text("name") ?? "";
        var preferred = ServiceFamilies.StaysPreferred(spec, old?.Spec);
        if (ServiceFamilies.Complete(spec, old?.Spec, _families) is { Count: > 0 } errors)
        {
            return new ServiceAllocation(this, [], ApiStatus.Invalid("", "Service", name, errors));
        }

        var allocation = Allocate(spec, old?.Spec, name, preferred, dryRun);
        if (allocation.Refusal is null)
        {
            if (old is not null)
            {
                ServiceTransitions.DropUnneeded(service, old);
            }

            ServiceTransitions.HideUnused(spec);
        }

        return allocation;
    }

    private ServiceAllocation Allocate(TreeMap spec, V1ServiceSpec? old, string name, bool preferred, bool dryRun)
    {
        lock (_lock)
        {
            Refresh();
            var taken = new List<string>();
            var ports = new PortClaims(this, taken, dryRun);
            var refusal = (preferred ? null : old is null ? Addresses(spec, name, taken, dryRun) : MoreAddresses(spec, old, name, taken, dryRun))
                ?? (old is null ? NodePorts.Create(spec, name, ports) : NodePorts.Update(spec, old, name, ports))
                ?? NodePorts.HealthCheck(spec, old, ports);
            if (refusal is not null)
            {
                taken.ForEach(t => _pending.Remove(t));
                taken = [];
            }

            return new ServiceAllocation(this, taken, refusal);
        }
    }

    internal void Settle(ServiceAllocation allocation, long? revision)
    {
        lock (_lock)
        {
            foreach (var key in allocation.Taken)
            {
                if (revision is not null)
                {
                    _pending[key] = revision;
                }
                else if (_pending.TryGetValue(key, out var written) && written is null)
                {
                    _pending.Remove(key);
                }
            }
        }
    }

    private void Refresh()
    {
        // The revision is read before the Services: what it covers is certain to be among them.
        var seen = _seen();
        var version = _objects.Version<V1Service>();
        if (!ReferenceEquals(version, _version))
        {
            _usage = ServiceUsage.Of(_objects.List<V1Service>());
            _version = version;
        }

        foreach (var (key, revision) in _pending)
        {
            if (revision <= seen)
            {
                _pending.Remove(key);
            }
        }
    }

    private bool IsFree(string key) => !_usage.Has(key) && !_pending.ContainsKey(key);

    internal void Take(string key, List<string> taken)
    {
        _pending.Add(key, null);
        taken.Add(key);
    }

    private ApiStatus? Addresses(TreeMap spec, string name, List<string> taken, bool dryRun)
    {
        if (!ServiceFields.NeedsAddress(spec) || ServiceFields.IsHeadless(spec))
        {
            return null;
        }

        var families = spec.Texts("ipFamilies");
        var addresses = spec.Texts("clusterIPs").ToList();
        for (var i = 0; i < families.Count; i++)
        {
            if (Address(families[i], i, addresses, name, taken, dryRun) is { } refusal)
            {
                return refusal;
            }
        }

        spec.SetTexts("clusterIPs", addresses);
        if (addresses.Count > 0)
        {
            spec["clusterIP"] = addresses[0];
        }

        return null;
    }

    // An update gets addresses where it had none at all, and a second one; whatever else it changes is refused by validation.
    private ApiStatus? MoreAddresses(TreeMap spec, V1ServiceSpec old, string name, List<string> taken, bool dryRun)
    {
        if (!ServiceFields.NeedsAddress(old.Type))
        {
            return Addresses(spec, name, taken, dryRun);
        }

        var families = spec.Texts("ipFamilies");
        if (old.ClusterIPs is [ServiceFields.None, ..] || !ServiceFields.NeedsAddress(spec) || old.IpFamilies.Count != 1 || families.Count != 2)
        {
            return null;
        }

        var addresses = spec.Texts("clusterIPs").ToList();
        var refusal = addresses.Count == 0 ? null : Address(families[1], 1, addresses, name, taken, dryRun);
        spec.SetTexts("clusterIPs", addresses);
        return refusal;
    }

    // The address at a place of the list: the one that is there, or a free one.
    private ApiStatus? Address(string family, int i, List<string> addresses, string name, List<string> taken, bool dryRun)
    {
        if (Array.Find(_addresses, r => r.Family == family) is not { } range)
        {
            return null;
        }

        if (i < addresses.Count)
        {
            return Claim(range, addresses[i], addresses, name, taken, dryRun);
        }

        var free = dryRun ? range.Network.BaseAddress : FreeAddress(range);
        if (free is null)
        {
            return ApiStatus.Internal("failed to allocate a serviceIP: range is full");
        }

        if (!dryRun)
        {
            Take(ServiceUsage.Key(free), taken);
        }

        addresses.Add(free.ToString());
        return null;
    }

    private ApiStatus? Claim(AddressRange range, string asked, List<string> addresses, string name, List<string> taken, bool dryRun)
    {
        if (GoAddress.Find(asked) is not { } address)
        {
            return ApiStatus.Internal($"failed to parse service IP {GoSyntax.Quoted(asked)}");
        }

        var why = !range.Holds(address) ? $"the provided IP ({GoAddress.Text(address.GetAddressBytes())}) is not in the valid range. The range of valid IPs is {range.Network}"
            : dryRun || IsFree(ServiceUsage.Key(address)) ? null
            : "provided IP is already allocated";
        if (why is not null)
        {
            return ApiStatus.Invalid("", "Service", name, [new FieldError(FieldErrorType.Invalid, "spec.clusterIPs", GoDump.Of(addresses), $"failed to allocate IP {asked}: {why}")]);
        }

        if (!dryRun)
        {
            Take(ServiceUsage.Key(address), taken);
        }

        return null;
    }

    private IPAddress? FreeAddress(AddressRange range)
    {
        var offset = Free(range.Reserved + 1, range.Count, o => IsFree(ServiceUsage.Key(range.At(o))))
            ?? Free(1, range.Reserved, o => IsFree(ServiceUsage.Key(range.At(o))));
        return offset is { } found ? range.At(found) : null;
    }

    internal int? FreePort()
    {
        var count = _ranges.LastNodePort - _ranges.FirstNodePort + 1;
        var reserved = count < 16 ? 0 : Math.Clamp(count / 32, 16, 128);
        return Free(_ranges.FirstNodePort + reserved, _ranges.LastNodePort, p => IsFree(ServiceUsage.Key(p)))
            ?? Free(_ranges.FirstNodePort, _ranges.FirstNodePort + reserved - 1, p => IsFree(ServiceUsage.Key(p)));
    }

    /// <summary>A random free number from a span: the first free one from a random start, so that a nearly full span is searched once at most.</summary>
    private int? Free(int first, int last, Func<int, bool> isFree)
    {
        var count = last - first + 1;
        if (count <= 0)
        {
            return null;
        }

        var start = _random.Next(count);
        for (var i = 0; i < count; i++)
        {
            var number = first + ((start + i) % count);
            if (isFree(number))
            {
                return number;
            }
        }

        return null;
    }

    /// <summary>Why a port is not to be had, or null.</summary>
    internal string? PortRefusal(int port) => port < _ranges.FirstNodePort || port > _ranges.LastNodePort
        ? string.Create(CultureInfo.InvariantCulture, $"provided port is not in the valid range. The range of valid ports is {_ranges.FirstNodePort}-{_ranges.LastNodePort}")
        : TakenRefusal(port);

    /// <summary>The same, wherever the port is.</summary>
    internal string? TakenRefusal(int port) => IsFree(ServiceUsage.Key(port)) ? null : PortIsTaken;
}
