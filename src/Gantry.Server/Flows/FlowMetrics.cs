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
        Histograms(text, "work_estimated_seats", "How many seats requests asked for.", flows, ("", f => f.Seats));
    }

    private static void Levels(StringBuilder text, IReadOnlyList<PriorityLevel> levels)
    {
        Each(text, "nominal_limit_seats", "gauge", "Seats of a level by its shares.", levels, l => l.Limits.Nominal);
        Each(text, "lower_limit_seats", "gauge", "Seats of a level when all it may lend is lent.", levels, l => l.Limits.Lower);
        Each(text, "upper_limit_seats", "gauge", "Seats of a level when it has borrowed all that it may.", levels, l => l.Limits.Upper);
        Each(text, "target_seats", "gauge", "Seats of a level that its demand calls for, within its bounds.", levels, l => Math.Clamp(l.LastDemand.Smoothed, l.Limits.Lower, Math.Max(l.Limits.Lower, l.Limits.Upper)));
        Each(text, "current_limit_seats", "gauge", "Seats of a level now.", levels, l => l.Limit);
        Each(text, "current_executing_seats", "gauge", "Seats that are taken.", levels, l => l.InUse);
        Each(text, "demand_seats_high_watermark", "gauge", "The most seats asked for at once in the last period.", levels, l => l.LastDemand.Highest);
        Each(text, "demand_seats_average", "gauge", "Seats asked for on average in the last period.", levels, l => l.LastDemand.Average);
        Each(text, "demand_seats_smoothed", "gauge", "The demand that borrowing goes by.", levels, l => l.LastDemand.Smoothed);
        Each(text, "request_dispatch_no_accommodation_total", "counter", "How often too few seats were free for the next request.", levels, l => l.Unaccommodated);
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
