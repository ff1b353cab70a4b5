using System.Globalization;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;

namespace Gantry.Server.Tables;

/// <summary>The cells of autoscalers: each metric as what it is over what it should be.</summary>
internal static class AutoscalerCells
{
    private const int ShownMetrics = 2;
    private const string Unknown = "<unknown>";

    public static IReadOnlyList<Tree> Of(V2HorizontalPodAutoscaler o, string age)
    {
        var metrics = o.Spec.Metrics.Select((m, i) => Metric(m, i < o.Status.CurrentMetrics.Count ? o.Status.CurrentMetrics[i] : null)).ToList();
        var targets = metrics.Count == 0 ? CellText.None : string.Join(", ", metrics.Take(ShownMetrics))
            + (metrics.Count > ShownMetrics ? string.Create(CultureInfo.InvariantCulture, $" + {metrics.Count - ShownMetrics} more...") : "");
        return Cells(o.Metadata.Name, o.Spec.ScaleTargetRef.Kind, o.Spec.ScaleTargetRef.Name, targets, o.Spec.MinReplicas, o.Spec.MaxReplicas, o.Status.CurrentReplicas, age);
    }

    private static IReadOnlyList<Tree> Cells(string name, string kind, string target, string targets, int? min, int max, int current, string age) =>
        [name, kind + "/" + target, targets, min is { } set ? CellText.Number(set) : CellText.Unset, max, current, age];

    private static string Metric(V2MetricSpec wanted, V2MetricStatus? now) => wanted.Type switch
    {
        "External" when wanted.External is { } m => Amount(m.Target, now?.External?.Current),
        "Object" when wanted.Object is { } m => Amount(m.Target, now?.Object?.Current),
        "Pods" when wanted.Pods is { } m => Told(now?.Pods?.Current, c => c.AverageValue) + "/" + Text(m.Target.AverageValue),
        "Resource" when wanted.Resource is { } m => m.Name + ": " + Usage(m.Target, now?.Resource?.Current),
        "ContainerResource" when wanted.ContainerResource is { } m => m.Name + ": " + Usage(m.Target, now?.ContainerResource?.Current),
        _ => "<unknown type>",
    };

    private static string Amount(V2MetricTarget target, V2MetricValueStatus? current) => target.AverageValue is not null
        ? $"{current?.AverageValue?.ToString() ?? Unknown}/{Text(target.AverageValue)} (avg)"
        : $"{Told(current, c => c.Value)}/{Text(target.Value)}";

    private static string Usage(V2MetricTarget target, V2MetricValueStatus? current) => target.AverageValue is not null
        ? $"{Told(current, c => c.AverageValue)}/{Text(target.AverageValue)}"
        : $"{Percent(current?.AverageUtilization, Unknown)}/{Percent(target.AverageUtilization, "<auto>")}";

    // What was measured, but not as the target wants it, is shown as what it is.
    private static string Told(V2MetricValueStatus? current, Func<V2MetricValueStatus, Quantity?> part) => current is null ? Unknown : Text(part(current));

    private static string Text(Quantity? amount) => amount?.ToString() ?? "<nil>";

    private static string Percent(int? share, string missing) => share is { } set ? string.Create(CultureInfo.InvariantCulture, $"{set}%") : missing;
}
