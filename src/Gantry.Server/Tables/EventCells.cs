using Gantry.Api.Models;
using Gantry.Api.Trees;

namespace Gantry.Server.Tables;

/// <summary>The cells of events, which look the same in both of their groups.</summary>
internal static class EventCells
{
    public static IReadOnlyList<Tree> Of(CoreV1Event o, DateTimeOffset now) => Of(
        new Facts
        {
            Name = o.Metadata.Name, Type = o.Type, Reason = o.Reason, About = o.InvolvedObject, Message = o.Message, Count = o.Count,
            First = o.FirstTimestamp, Last = o.LastTimestamp, At = o.EventTime,
            Series = o.Series is { } series ? (series.Count, series.LastObservedTime) : null,
            Source = o.Source, Controller = o.ReportingComponent, Instance = o.ReportingInstance,
        },
        now);

    public static IReadOnlyList<Tree> Of(EventsV1Event o, DateTimeOffset now) => Of(
        new Facts
        {
            Name = o.Metadata.Name, Type = o.Type, Reason = o.Reason, About = o.Regarding, Message = o.Note, Count = o.DeprecatedCount,
            First = o.DeprecatedFirstTimestamp, Last = o.DeprecatedLastTimestamp, At = o.EventTime,
            Series = o.Series is { } series ? (series.Count, series.LastObservedTime) : null,
            Source = o.DeprecatedSource, Controller = o.ReportingController, Instance = o.ReportingInstance,
        },
        now);

    private static IReadOnlyList<Tree> Of(Facts o, DateTimeOffset now)
    {
        var first = HumanTime.Since(o.First ?? o.At, now);
        var last = o.Last is { } seen ? HumanTime.Since(seen, now) : first;
        var count = o.Count == 0 ? 1 : o.Count;
        if (o.Series is { } series)
        {
            (count, last) = (series.Count, HumanTime.Since(series.Last, now));
        }

        var about = o.About.Kind.ToLowerInvariant() + (o.About.Name.Length > 0 ? "/" + o.About.Name : "");
        var component = o.Source.Component.Length > 0 ? o.Source.Component : o.Controller;
        var instance = o.Source.Host.Length > 0 ? o.Source.Host : o.Instance;
        return
        [
            last, o.Type, o.Reason, about, o.About.FieldPath, instance.Length == 0 ? component : component + ", " + instance, o.Message.Trim(), first, count, o.Name,
        ];
    }

    private sealed record Facts
    {
        public required string Name { get; init; }

        public required string Type { get; init; }

        public required string Reason { get; init; }

        public required V1ObjectReference About { get; init; }

        public required string Message { get; init; }

        public required int Count { get; init; }

        public required DateTimeOffset? First { get; init; }

        public required DateTimeOffset? Last { get; init; }

        public required DateTimeOffset? At { get; init; }

        public required (int Count, DateTimeOffset? Last)? Series { get; init; }

        public required V1EventSource Source { get; init; }

        public required string Controller { get; init; }

        public required string Instance { get; init; }
    }
}
