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
    /// <returns>To be committed after the write and disposed in any case. After a dry run nothing stays taken.</returns>
    public ServiceAllocation Prepare(TreeMap service, V1Service? old)
    {
        var spec = service.Map("spec")?.ShallowCopy() ?? new TreeMap();
        service["spec"] = spec;
        ServiceTransitions.AlignAddresses(spec, old?.Spec);
        if (old is not null)
        {
            ServiceTransitions.KeepAllocated(spec, old.Spec);
            ServiceTransitions.DropUnneeded(service, old);
        }

        var name = service.Map("metadata")?.Text("name") ?? "";
        var errors = Contradictions(service);
        if (errors.Count == 0)
        {
            errors = ServiceFamilies.Complete(spec, old?.Spec, _families);
        }

        if (errors.Count > 0)
        {
            return new ServiceAllocation(this, [], ApiStatus.Invalid("", "Service", name, errors));
        }

        lock (_lock)
        {
            Refresh();
            var taken = new List<string>();
            var refusal = Addresses(spec, old?.Spec, name, taken) ?? NodePorts(spec, old?.Spec, name, taken) ?? HealthCheckPort(spec, old?.Spec, taken);
            if (refusal is not null)
            {
                taken.ForEach(t => _pending.Remove(t));
                taken = [];
            }

            return new ServiceAllocation(this, taken, refusal);
        }
    }

    // Nothing is worked out from addresses and families that contradict each other.
    private static IReadOnlyList<FieldError> Contradictions(TreeMap service)
    {
        var spec = service.Map("spec")!;
        if (!ServiceFields.NeedsAddress(spec) || !(spec.Has("clusterIP") || spec.Has("clusterIPs") || spec.Has("ipFamilies") || spec.Has("ipFamilyPolicy")))
        {
            return [];
        }

        var errors = new FieldErrors();
        ServiceAddressRules.Addresses(errors, ApiJson.Decode<V1Service>(TreeJson.Write(service)).Spec, FieldPath.Root("spec"));
        return errors.List;
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

    private void Take(string key, List<string> taken)
    {
        _pending.Add(key, null);
        taken.Add(key);
    }

    private ApiStatus? Addresses(TreeMap spec, V1ServiceSpec? old, string name, List<string> taken)
    {
        if (!ServiceFields.NeedsAddress(spec) || ServiceFields.IsHeadless(spec))
        {
            return null;
        }

        var held = old is null || !ServiceFields.NeedsAddress(old.Type) ? [] : ServiceFields.Addresses(old);
        var families = spec.Texts("ipFamilies");
        var addresses = spec.Texts("clusterIPs").ToList();
        for (var i = 0; i < families.Count; i++)
        {
            var asked = i < addresses.Count ? addresses[i] : "";
            if (asked.Length > 0 && held.Contains(asked, StringComparer.Ordinal))
            {
                continue;
            }

            var range = Array.Find(_addresses, r => r.Family == families[i]);
            if (range is null || (asked.Length > 0 && !IPAddress.TryParse(asked, out _)))
            {
                // Not an address, or not a family: validation says so.
                continue;
            }

            if (asked.Length == 0)
            {
                if (FreeAddress(range) is not { } free)
                {
                    return ApiStatus.Internal("failed to allocate a serviceIP: range is full");
                }

                Take(ServiceUsage.Key(free), taken);
                asked = free.ToString();
            }
            else if (Claim(range, asked, addresses, name, taken) is { } refusal)
            {
                return refusal;
            }

            addresses = [.. addresses.Take(i), asked, .. addresses.Skip(i + 1)];
        }

        spec.SetTexts("clusterIPs", addresses);
        if (addresses.Count > 0)
        {
            spec["clusterIP"] = addresses[0];
        }

        return null;
    }

    private ApiStatus? Claim(AddressRange range, string asked, List<string> addresses, string name, List<string> taken)
    {
        var address = IPAddress.Parse(asked);
        var why = !range.Holds(address) ? $"the provided IP ({asked}) is not in the valid range. The range of valid IPs is {range.Network}"
            : IsFree(ServiceUsage.Key(address)) ? null
            : "provided IP is already allocated";
        if (why is not null)
        {
            return Refused(name, new FieldError(FieldErrorType.Invalid, "spec.clusterIPs", GoDump.Of(addresses), $"failed to allocate IP {asked}: {why}"));
        }

        Take(ServiceUsage.Key(address), taken);
        return null;
    }

    private IPAddress? FreeAddress(AddressRange range)
    {
        var offset = Free(range.Reserved + 1, range.Count, o => IsFree(ServiceUsage.Key(range.At(o))))
            ?? Free(1, range.Reserved, o => IsFree(ServiceUsage.Key(range.At(o))));
        return offset is { } found ? range.At(found) : null;
    }

    private int? FreePort()
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

    private ApiStatus? NodePorts(TreeMap spec, V1ServiceSpec? old, string name, List<string> taken)
    {
        if (!ServiceFields.NeedsNodePorts(spec))
        {
            return null;
        }

        var held = old is null ? [] : old.Ports.Select(p => p.NodePort).Where(p => p != 0).ToHashSet();
        var ports = spec.Items("ports").ToList();
        // One port with several protocols gets one node port.
        var byPort = new Dictionary<int, int>();
        for (var i = 0; i < ports.Count; i++)
        {
            var (port, asked) = (ports[i].Number("port"), ports[i].Number("nodePort"));
            if (asked == 0)
            {
                asked = byPort.TryGetValue(port, out var shared) ? shared
                    : ports.Skip(i + 1).FirstOrDefault(p => p.Number("port") == port && p.Number("nodePort") != 0)?.Number("nodePort") ?? 0;
            }

            if (asked == 0)
            {
                if (FreePort() is not { } free)
                {
                    return ApiStatus.Internal("failed to allocate a nodePort: range is full");
                }

                Take(ServiceUsage.Key(free), taken);
                asked = free;
            }
            else if (!held.Contains(asked) && !taken.Contains(ServiceUsage.Key(asked)))
            {
                if (PortRefusal(asked) is { } why)
                {
                    return Refused(name, FieldError.Invalid($"spec.ports[{i}].nodePort", asked, why));
                }

                Take(ServiceUsage.Key(asked), taken);
            }

            byPort[port] = asked;
            ports[i] = ports[i].With("nodePort", asked);
        }

        if (ports.Count > 0)
        {
            spec["ports"] = new TreeList(ports);
        }

        return null;
    }

    private ApiStatus? HealthCheckPort(TreeMap spec, V1ServiceSpec? old, List<string> taken)
    {
        if (!ServiceFields.NeedsHealthCheckPort(spec))
        {
            return null;
        }

        var asked = spec.Number("healthCheckNodePort");
        if (asked != 0)
        {
            if (asked == old?.HealthCheckNodePort)
            {
                return null;
            }

            if (PortRefusal(asked) is { } why)
            {
                return ApiStatus.Internal(string.Create(CultureInfo.InvariantCulture, $"failed to allocate requested HealthCheck NodePort {asked}: {why}"));
            }

            Take(ServiceUsage.Key(asked), taken);
            return null;
        }

        if (FreePort() is not { } free)
        {
            return ApiStatus.Internal("failed to allocate a HealthCheck NodePort: range is full");
        }

        Take(ServiceUsage.Key(free), taken);
        spec["healthCheckNodePort"] = free;
        return null;
    }

    private string? PortRefusal(int port) => port < _ranges.FirstNodePort || port > _ranges.LastNodePort
        ? string.Create(CultureInfo.InvariantCulture, $"provided port is not in the valid range. The range of valid ports is {_ranges.FirstNodePort}-{_ranges.LastNodePort}")
        : IsFree(ServiceUsage.Key(port)) ? null : "provided port is already allocated";

    private static ApiStatus Refused(string name, FieldError error) => ApiStatus.Invalid("", "Service", name, [error]);
}
