using Gantry.Server.Handling;
using Gantry.Server.Requests;

namespace Gantry.Server.Flows;

/// <summary>
/// How many seats a request takes: one, but for lists of many objects and writes that many watch. The figures are those of kube-apiserver's work estimators.
/// </summary>
internal static class WorkEstimate
{
    public const int MaximumSeats = 10;

    private const int ObjectsPerSeat = 100;
    private const int WatchesPerSeat = 10;

    private static readonly TimeSpan EventTime = TimeSpan.FromMilliseconds(5);

    /// <param name="info">The request.</param>
    /// <param name="level">Bounds what a single request may take; who is exempt takes one seat.</param>
    /// <param name="resources">The served resources: their caches say how many objects there are.</param>
    /// <param name="watches">Who watches.</param>
    /// <param name="figures">Is told how many watch what is written.</param>
    public static Work Of(RequestInfo info, PriorityLevel level, ResourceTable resources, WatchCounts watches, FlowFigures figures)
    {
        if (!info.IsResource)
        {
            return Work.Of(1);
        }

        // A watch costs what a list costs only while it sends what is there.
        return info.Verb switch
        {
            "list" => List(info, level, resources),
            "watch" => info.Options.Flag("sendInitialEvents") ? List(info, level, resources) : Work.Of(1),
            "create" or "update" or "patch" or "delete" or "deletecollection" => Write(info, level, watches, figures),
            _ => Work.Of(1),
        };
    }

    private static Work List(RequestInfo info, PriorityLevel level, ResourceTable resources)
    {
        if (level.IsExempt || info.Name.Length > 0 || WatchCounts.Exact(info.Options["fieldSelector"], "metadata.name") is not null
            || resources.Find(info.Group, info.Version, info.Resource) is not { } resource)
        {
            return Work.Of(1);
        }

        if (info.Options.Number("limit", out var limit) is not null)
        {
            // It is going to be refused.
            return Work.Of(level.WidestRequest);
        }

        var stored = resource.Cache.Snapshot.Objects.Count;
        var page = limit is > 0 && limit < stored ? (int)limit : stored;
        var looked = info.Verb == "watch" || IsFromCache(info, limit) ? stored
            : info.Options["fieldSelector"].Length > 0 || info.Options["labelSelector"].Length > 0 ? stored + page
            : 2 * page;
        return Work.Of(Math.Clamp((looked + ObjectsPerSeat - 1) / ObjectsPerSeat, 1, level.WidestRequest));
    }

    // What kube-apiserver reads from its cache, and so looks at as a whole; the rest it reads in pages from its store.
    private static bool IsFromCache(RequestInfo info, long? limit) =>
        info.Options["continue"].Length == 0 && !(limit > 0 && info.Options["resourceVersion"] != "0") && info.Options["resourceVersionMatch"] is "" or "NotOlderThan";

    private static Work Write(RequestInfo info, PriorityLevel level, WatchCounts watches, FlowFigures figures)
    {
        if (info is { Resource: "serviceaccounts", Subresource: "token" })
        {
            return Work.Of(1);
        }

        var watchers = watches.Interested(info);
        figures.Watchers.Add((double)watchers);
        if (watchers < WatchesPerSeat || level.IsExempt)
        {
            return Work.Of(1);
        }

        // What needs more seats than one request may have takes fewer for longer.
        var wanted = (watchers + WatchesPerSeat - 1) / WatchesPerSeat;
        var final = Math.Min(wanted, level.WidestRequest);
        return new Work(1, final, EventTime * wanted / final);
    }
}
