using Gantry.Network.Facts;
using Gantry.Network.Nft;

namespace Gantry.Network.Services;

/// <summary>
/// The whole program from all facts. Rules of a Service are made anew only when its facts are other objects than last time; collecting the
/// parts is cheap (some milliseconds for thousands of Services). Not thread-safe: one loop owns it.
/// </summary>
public sealed class NetworkPlan(NetworkOptions options)
{
    private readonly SortedDictionary<ServiceName, Entry> _entries = [];

    /// <summary>Takes the present state of one Service, null when it is gone. True when its rules may have changed.</summary>
    public bool Set(ServiceName name, ServiceFact? service, IReadOnlyList<SliceFact> slices)
    {
        if (service is null)
        {
            return _entries.Remove(name);
        }

        if (_entries.TryGetValue(name, out var known) && ReferenceEquals(known.Service, service) && known.Slices.SequenceEqual(slices, ReferenceEqualityComparer.Instance))
        {
            return false;
        }

        _entries[name] = new(service, slices, ServicePlanner.Plan(service, slices, options));
        return true;
    }

    /// <summary>The Services known, in order.</summary>
    public IEnumerable<ServiceName> Names => _entries.Keys;

    public NftProgram Program()
    {
        var program = new NftProgramBuilder(options.Table);
        Skeleton.AddTo(program, options);
        foreach (var entry in _entries.Values)
        {
            entry.Rules.AddTo(program);
        }

        return program.Build();
    }

    private sealed record Entry(ServiceFact Service, IReadOnlyList<SliceFact> Slices, ServiceRules Rules);
}
