using Gantry.Api.Models;
using Gantry.Api.Trees;

namespace Gantry.Server.Handling;

/// <summary>Events of <c>events.k8s.io</c>, which are kept in the core group's form: the same fields under other names.</summary>
internal sealed class EventConversion : IVersionConversion
{
    private static readonly (string Served, string Stored)[] Names =
    [
        ("regarding", "involvedObject"), ("note", "message"), ("deprecatedSource", "source"), ("deprecatedFirstTimestamp", "firstTimestamp"),
        ("deprecatedLastTimestamp", "lastTimestamp"), ("deprecatedCount", "count"), ("reportingController", "reportingComponent"),
    ];

    public TreeMap Store(TreeMap served)
    {
        served["apiVersion"] = CoreV1Event.Resource.ApiVersion;
        foreach (var (from, to) in Names)
        {
            Rename(served, from, to);
        }

        return served;
    }

    public TreeMap Serve(TreeMap stored)
    {
        stored["apiVersion"] = EventsV1Event.Resource.ApiVersion;
        foreach (var (to, from) in Names)
        {
            Rename(stored, from, to);
        }

        return stored;
    }

    private static void Rename(TreeMap map, string from, string to)
    {
        if (map[from] is { } value)
        {
            map.Remove(from);
            map[to] = value;
        }
    }
}
