using Gantry.Server.Handling;
using Gantry.Server.Requests;

namespace Gantry.Server.Flows;

/// <summary>How many seats a request takes: one, but for lists of many objects.</summary>
internal static class WorkEstimate
{
    public const int MaximumSeats = 10;

    private const int ObjectsPerSeat = 100;

    /// <summary>Estimates by what the caches hold, as lists are read from them.</summary>
    /// <param name="info">The request.</param>
    /// <param name="level">Bounds what a single request may take.</param>
    /// <param name="resources">The served resources.</param>
    public static int Seats(RequestInfo info, PriorityLevel level, ResourceTable resources)
    {
        // A watch costs what a list costs only while it sends what is there.
        if (!info.IsResource || (info.Verb != "list" && (info.Verb != "watch" || !info.Options.Flag("sendInitialEvents")))
            || level.IsExempt || info.Name.Length > 0 || resources.Find(info.Group, info.Version, info.Resource) is not { } resource)
        {
            return 1;
        }

        var objects = resource.Cache.Snapshot.Objects.Count;
        return Math.Clamp((objects + ObjectsPerSeat - 1) / ObjectsPerSeat, 1, level.WidestRequest);
    }
}
