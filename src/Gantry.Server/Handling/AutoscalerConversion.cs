using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;

namespace Gantry.Server.Handling;

/// <summary>
/// Autoscalers of <c>autoscaling/v1</c>, which are kept as <c>autoscaling/v2</c>. What the older form has no place for travels in annotations: metrics
/// and conditions in the older form, the behavior as Kubernetes' own structures are written.
/// </summary>
internal sealed class AutoscalerConversion : IVersionConversion
{
    private const string Prefix = "autoscaling.alpha.kubernetes.io/";
    private const string Metrics = Prefix + "metrics";
    private const string CurrentMetrics = Prefix + "current-metrics";
    private const string Behavior = Prefix + "behavior";
    private const string Conditions = Prefix + "conditions";
    private const string Percentage = "targetCPUUtilizationPercentage";
    private const string CurrentPercentage = "currentCPUUtilizationPercentage";

    private static readonly AutoscalerConversion Instance = new();

    /// <summary>An older autoscaler in the newer form.</summary>
    public static V2HorizontalPodAutoscaler Newer(V1HorizontalPodAutoscaler older) =>
        ApiJson.Decode<V2HorizontalPodAutoscaler>(TreeJson.Write(Instance.Store((TreeMap)TreeJson.Parse(ApiJson.Encode(older)))));

    /// <summary>In a write of the object itself, what annotations say of the status stays as it was.</summary>
    public static void KeepStatus(TreeMap now, TreeMap old) => Keep(now, old, CurrentMetrics, Conditions);

    /// <summary>In a write of the status, what annotations say of the rest stays as it was.</summary>
    public static void KeepSpec(TreeMap now, TreeMap old) => Keep(now, old, Metrics, Behavior);

    private static void Keep(TreeMap now, TreeMap old, params ReadOnlySpan<string> names)
    {
        var before = old.Map("metadata")?.Map("annotations");
        var metadata = (now.Map("metadata") ?? new TreeMap()).ShallowCopy();
        var annotations = (metadata.Map("annotations") ?? new TreeMap()).ShallowCopy();
        foreach (var name in names)
        {
            annotations[name] = before?[name];
        }

        metadata["annotations"] = annotations.Count == 0 ? null : annotations;
        now["metadata"] = metadata;
    }

    /// <summary>Takes out of the newer form what only the older one may carry.</summary>
    public static void DropAnnotations(TreeMap autoscaler)
    {
        if (autoscaler.Map("metadata")?.Map("annotations") is not { } annotations)
        {
            return;
        }

        foreach (var name in (ReadOnlySpan<string>)[Metrics, CurrentMetrics, Behavior, Conditions])
        {
            annotations.Remove(name);
        }

        if (annotations.Count == 0)
        {
            autoscaler.Map("metadata")!.Remove("annotations");
        }
    }

    public TreeMap Store(TreeMap served)
    {
        Bare(served);
        KindDefaults.Apply(V2HorizontalPodAutoscaler.Resource, served);
        return served;
    }

    public TreeMap Bare(TreeMap served)
    {
        served["apiVersion"] = V2HorizontalPodAutoscaler.Resource.ApiVersion;
        var carried = served.Map("metadata")?.Map("annotations") ?? new TreeMap();
        var spec = served.Made("spec");
        var metrics = Taken(carried, Metrics, AutoscalerForms.NewerMetric, static l => new TreeMap { ["spec"] = new TreeMap { ["metrics"] = l } });
        if (spec[Percentage] is { } target and not TreeNull)
        {
            metrics.Add(Cpu("target", new TreeMap { ["type"] = "Utilization", ["averageUtilization"] = target }));
        }

        spec.Remove(Percentage);
        spec["metrics"] = metrics.Count == 0 ? null : metrics;
        spec["behavior"] = AutoscalerForms.NewerBehavior(carried.Text(Behavior));
        if (served.Map("status") is { } status)
        {
            var current = Taken(carried, CurrentMetrics, AutoscalerForms.NewerStatus, static l => new TreeMap { ["status"] = new TreeMap { ["currentMetrics"] = l } });
            if (current.Count == 0 && status[CurrentPercentage] is { } seen and not TreeNull)
            {
                current.Add(Cpu("current", new TreeMap { ["averageUtilization"] = seen }));
            }

            status.Remove(CurrentPercentage);
            status["currentMetrics"] = current.Count == 0 ? null : current;
            var conditions = Taken(carried, Conditions, static c => c, static l => new TreeMap { ["status"] = new TreeMap { ["conditions"] = l } });
            status["conditions"] = conditions.Count == 0 ? null : conditions;
        }

        DropAnnotations(served);
        return served;
    }

    public TreeMap Serve(TreeMap stored)
    {
        stored["apiVersion"] = V1HorizontalPodAutoscaler.Resource.ApiVersion;
        DropAnnotations(stored);
        var spec = stored.Made("spec");
        var metrics = spec.Items("metrics").ToList();
        spec.Remove("metrics");
        spec[Percentage] = metrics.Select(m => CpuShare(m, "target")).FirstOrDefault(p => p is not null);
        Put(stored, Metrics, metrics.Where(m => CpuShare(m, "target") is null).Select(AutoscalerForms.OlderMetric));
        if (stored.Map("status") is { } status)
        {
            var current = status.Items("currentMetrics").ToList();
            status.Remove("currentMetrics");
            status[CurrentPercentage] = current.Select(m => CpuShare(m, "current")).LastOrDefault(p => p is not null);
            Put(stored, CurrentMetrics, current.Select(AutoscalerForms.OlderStatus));
            Put(stored, Conditions, status.Items("conditions").Select(AutoscalerForms.OlderCondition));
            status.Remove("conditions");
        }

        if (spec.Map("behavior") is { } behavior)
        {
            stored.Made("metadata").Made("annotations")[Behavior] = TreeJson.WriteText(AutoscalerForms.OlderBehavior(behavior));
            spec.Remove("behavior");
        }

        return stored;
    }

    // The one kind of metric that the older form has a field for.
    private static Tree? CpuShare(TreeMap metric, string side) =>
        metric.Text("type") == "Resource" && metric.Map("resource") is { } resource && resource.Text("name") == "cpu" && resource.Map(side)?["averageUtilization"] is { } share and not TreeNull
            ? share : null;

    private static TreeMap Cpu(string side, TreeMap amount) =>
        new() { ["type"] = "Resource", ["resource"] = new TreeMap { ["name"] = "cpu", [side] = amount } };

    private static void Put(TreeMap root, string annotation, IEnumerable<TreeMap> values)
    {
        var list = new TreeList();
        foreach (var value in values)
        {
            list.Add(value);
        }

        if (list.Count > 0)
        {
            root.Made("metadata").Made("annotations")[annotation] = TreeJson.WriteText(list);
        }
    }

    // Somebody may have written into the annotation by hand; what cannot be read says nothing.
    private static TreeList Taken(TreeMap carried, string annotation, Func<TreeMap, TreeMap> convert, Func<TreeList, TreeMap> place)
    {
        if (carried.Text(annotation) is not { } text)
        {
            return new TreeList();
        }

        try
        {
            var list = new TreeList();
            foreach (var item in TreeJson.Parse(text) as TreeList ?? new TreeList())
            {
                list.Add(convert(item as TreeMap ?? throw new TreeException("not an object")));
            }

            var whole = place((TreeList)list.DeepClone());
            return TreeDecoder.Decode(V2HorizontalPodAutoscaler.Resource.Schema, whole, FieldValidation.Ignore).Object is null ? new TreeList() : list;
        }
        catch (TreeException)
        {
            return new TreeList();
        }
    }
}
