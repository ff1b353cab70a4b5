using System.Globalization;
using System.Text;
using Gantry.Server.Figures;

namespace Gantry.Server.Flows;

/// <summary>What <c>/metrics</c> says of flow control, under Kubernetes' names.</summary>
internal static class FlowMetrics
{
    private const string Prefix = "apiserver_flowcontrol_";

    private static readonly (FlowRefusal Reason, string Label)[] Reasons =
    [
        (FlowRefusal.ConcurrencyLimit, "concurrency-limit"), (FlowRefusal.QueueFull, "queue-full"), (FlowRefusal.TimeOut, "time-out"),
        (FlowRefusal.Cancelled, "cancelled"),
    ];

    public static void Append(StringBuilder text, FlowController controller)
    {
        var snapshot = controller.Snapshot;
        Flows(text, snapshot.Flows);
        Levels(text, snapshot.Levels);
        Timings(text, snapshot.Levels, controller.Kinds);
        Dispatches(text, snapshot.Levels);
        Begin(text, "seat_fair_frac", "gauge", "The fraction of its demand that each level got when levels last borrowed.");
        text.Append(CultureInfo.InvariantCulture, $"{Prefix}seat_fair_frac {controller.Fraction:0.######}\n");
    }

    private static void Flows(StringBuilder text, IReadOnlyList<ServedFlow> flows)
    {
        Begin(text, "rejected_requests_total", "counter", "Requests that were refused.");
        foreach (var flow in flows)
        {
            foreach (var (reason, label) in Reasons)
            {
                if (flow.Figures.Rejected(reason) is > 0 and var count)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{Prefix}rejected_requests_total{{{Labels(flow)},reason=\"{label}\"}} {count}\n");
                }
            }
        }

        Each(text, "dispatched_requests_total", "counter", "Requests that got their seats.", flows, f => f.Figures.Dispatched);
        Each(text, "current_inqueue_requests", "gauge", "Requests that wait.", flows, f => f.Figures.Waiting);
        Each(text, "current_inqueue_seats", "gauge", "Seats that waiting requests ask for.", flows, f => f.Figures.WaitingSeats);
        Each(text, "current_executing_requests", "gauge", "Requests that have their seats.", flows, f => Math.Max(0, f.Figures.Dispatched - f.Figures.Finished));
        Histograms(text, "request_execution_seconds", "How long requests had their seats.", flows, ("type=\"regular\"", f => f.Ran), ("type=\"watch\"", f => f.RanWatches));
        Histograms(
            text, "request_wait_duration_seconds", "How long requests waited for their seats that had to.", flows, ("execute=\"true\"", f => f.Waited), ("execute=\"false\"", f => f.WaitedInVain));
        Histograms(text, "request_queue_length_after_enqueue", "How many waited in a queue when a request had come to it.", flows, ("", f => f.QueueLengths));
        Each(text, "current_executing_seats", "gauge", "Seats that are taken.", flows, f => f.Figures.ExecutingSeats);
        Each(text, "request_dispatch_no_accommodation_total", "counter", "How often too few seats were free for the next request.", flows, f => f.Figures.Unaccommodated);
        Histograms(text, "watch_count_samples", "How many watched what requests were about to write.", flows, ("", f => f.Watchers));
        Histograms(text, "work_estimated_seats", "How many seats requests asked for.", flows, ("", f => f.Seats));
    }

    private static void Levels(StringBuilder text, IReadOnlyList<PriorityLevel> levels)
    {
        Each(text, "nominal_limit_seats", "gauge", "Seats of a level by its shares.", levels, l => l.Limits.Nominal);
        Each(text, "lower_limit_seats", "gauge", "Seats of a level when all it may lend is lent.", levels, l => l.Limits.Lower);
        Each(text, "upper_limit_seats", "gauge", "Seats of a level when it has borrowed all that it may.", levels, l => l.Limits.Upper);
        Each(text, "target_seats", "gauge", "Seats of a level that its demand calls for, within its bounds.", levels, l => Math.Clamp(l.LastDemand.Smoothed, l.Limits.Lower, Math.Max(l.Limits.Lower, l.Limits.Upper)));
        Each(text, "current_limit_seats", "gauge", "Seats of a level now.", levels, l => l.Limit);
        Each(text, "demand_seats_high_watermark", "gauge", "The most seats asked for at once in the last period.", levels, l => l.LastDemand.Highest);
        Each(text, "demand_seats_average", "gauge", "Seats asked for on average in the last period.", levels, l => l.LastDemand.Average);
        Each(text, "demand_seats_stdev", "gauge", "How far the seats asked for scattered in the last period.", levels, l => l.LastDemand.Deviation);
        Each(text, "demand_seats_smoothed", "gauge", "The demand that borrowing goes by.", levels, l => l.LastDemand.Smoothed);
    }

    private static void Timings(StringBuilder text, IReadOnlyList<PriorityLevel> levels, RequestKinds kinds)
    {
        Timed(text, "priority_level_seat_utilization", "Seats that are taken, of the level's own, by how long it was so.", levels, ("phase=\"executing\"", LevelTimings.Seats));
        Timed(
            text, "priority_level_request_utilization", "Requests that wait or are answered, of those that may, by how long it was so.", levels,
            ("phase=\"executing\"", LevelTimings.Executing), ("phase=\"waiting\"", LevelTimings.Waiting));
        Timed(text, "demand_seats", "Seats that could be used, by the level's own, by how long it was so.", levels, ("", LevelTimings.Demand));
        Begin(text, "read_vs_write_current_requests", "histogram", "Requests that wait or are answered, of those that may, by how long it was so.");
        foreach (var (labels, value) in (ReadOnlySpan<(string, int)>)[
            ("phase=\"waiting\",request_kind=\"readOnly\"", 0), ("phase=\"executing\",request_kind=\"readOnly\"", 1),
            ("phase=\"waiting\",request_kind=\"mutating\"", 2), ("phase=\"executing\",request_kind=\"mutating\"", 3)])
        {
            kinds.Append(text, Prefix + "read_vs_write_current_requests", labels, value);
        }
    }

    private static void Timed(StringBuilder text, string name, string help, IReadOnlyList<PriorityLevel> levels, params ReadOnlySpan<(string Label, int Value)> kinds)
    {
        Begin(text, name, "histogram", help);
        foreach (var level in levels)
        {
            foreach (var (label, value) in kinds)
            {
                level.Timings.Append(text, Prefix + name, label.Length == 0 ? $"priority_level=\"{level.Name}\"" : $"{label},priority_level=\"{level.Name}\"", value);
            }
        }
    }

    // R and S are the names of virtual time and of a request's virtual start in the design of fair queuing.
    private static void Dispatches(StringBuilder text, IReadOnlyList<PriorityLevel> levels)
    {
        var queuing = new List<(string Name, double Time, (double Time, double Start, (double Least, double Most) Heads, (double Least, double Most) Discounted) Last)>();
        foreach (var level in levels)
        {
            level.Inspect((queues, queues_) =>
            {
                if (queues_ && queues.LastDispatch is { Time: > 0 } last)
                {
                    queuing.Add((level.Name, queues.VirtualTime, last));
                }
            });
        }

        Of("current_r", "Virtual time at its last change.", q => [("", q.Time)]);
        Of("dispatch_r", "Virtual time when a request was dispatched last.", q => [("", q.Last.Time)]);
        Of("latest_s", "The virtual start of the request that was dispatched last.", q => [("", q.Last.Start)]);
        Of("next_s_bounds", "The least and the greatest virtual start of a queue's first request.", q => [("bound=\"max\",", q.Last.Heads.Most), ("bound=\"min\",", q.Last.Heads.Least)]);
        Of("next_discounted_s_bounds", "The same without the work that is under way.", q => [("bound=\"max\",", q.Last.Discounted.Most), ("bound=\"min\",", q.Last.Discounted.Least)]);

        void Of(
            string name, string help,
            Func<(string Name, double Time, (double Time, double Start, (double Least, double Most) Heads, (double Least, double Most) Discounted) Last), (string Label, double Value)[]> values)
        {
            Begin(text, name, "gauge", help);
            foreach (var level in queuing)
            {
                foreach (var (label, value) in values(level))
                {
                    text.Append(CultureInfo.InvariantCulture, $"{Prefix}{name}{{{label}priority_level=\"{level.Name}\"}} {value:0.######}\n");
                }
            }
        }
    }

    private static string Labels(ServedFlow flow) => $"priority_level=\"{flow.Level.Name}\",flow_schema=\"{flow.SchemaName}\"";

    private static void Each(StringBuilder text, string name, string type, string help, IReadOnlyList<ServedFlow> flows, Func<ServedFlow, long> value)
    {
        Begin(text, name, type, help);
        foreach (var flow in flows)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Prefix}{name}{{{Labels(flow)}}} {value(flow)}\n");
        }
    }

    private static void Each(StringBuilder text, string name, string type, string help, IReadOnlyList<PriorityLevel> levels, Func<PriorityLevel, double> value)
    {
        Begin(text, name, type, help);
        foreach (var level in levels)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Prefix}{name}{{priority_level=\"{level.Name}\"}} {value(level):0.######}\n");
        }
    }

    private static void Histograms(
        StringBuilder text, string name, string help, IReadOnlyList<ServedFlow> flows, params ReadOnlySpan<(string Label, Func<FlowFigures, Histogram> Of)> kinds)
    {
        Begin(text, name, "histogram", help);
        foreach (var flow in flows)
        {
            foreach (var (label, of) in kinds)
            {
                of(flow.Figures).Append(text, Prefix + name, label.Length == 0 ? Labels(flow) : label + "," + Labels(flow));
            }
        }
    }

    private static void Begin(StringBuilder text, string name, string type, string help) => FigureText.Begin(text, Prefix + name, type, help);
}
