using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;

namespace Gantry.Server.Handling;

/// <summary>
/// Autoscalers of <c>autoscaling/v1</c>, which are kept as <c>autoscaling/v2</c>. What the older form has no place for travels in annotations.
/// </summary>
internal sealed class AutoscalerConversion : IVersionConversion
{
    private const string Prefix = "autoscaling.alpha.kubernetes.io/";
    private const string Percentage = "targetCPUUtilizationPercentage";
    private const string CurrentPercentage = "currentCPUUtilizationPercentage";

    public TreeMap Store(TreeMap served)
    {
        served["apiVersion"] = V2HorizontalPodAutoscaler.Resource.ApiVersion;
        var spec = served.Made("spec");
        var metrics = Taken(served, "metrics") as TreeList ?? new TreeList();
        if (spec[Percentage] is { } target)
        {
            metrics.Insert(0, Cpu("target", "averageUtilization", target, typed: true));
            spec.Remove(Percentage);
        }

        spec["metrics"] = metrics.Count == 0 ? null : metrics;
        spec["behavior"] = Taken(served, "behavior");
        if (served.Map("status") is { } status)
        {
            var current = Taken(served, "current-metrics") as TreeList ?? new TreeList();
            if (status[CurrentPercentage] is { } seen)
            {
                current.Insert(0, Cpu("current", "averageUtilization", seen, typed: false));
                status.Remove(CurrentPercentage);
            }

            status["currentMetrics"] = current.Count == 0 ? null : current;
            status["conditions"] = Taken(served, "conditions");
        }

        return served;
    }

    public TreeMap Serve(TreeMap stored)
    {
        stored["apiVersion"] = V1HorizontalPodAutoscaler.Resource.ApiVersion;
        var spec = stored.Made("spec");
        spec[Percentage] = TakeCpu(stored, spec, "metrics", "metrics", "target");
        Put(stored, "behavior", spec["behavior"]);
        spec.Remove("behavior");
        if (stored.Map("status") is { } status)
        {
            status[CurrentPercentage] = TakeCpu(stored, status, "currentMetrics", "current-metrics", "current");
            Put(stored, "conditions", status["conditions"]);
            status.Remove("conditions");
        }

        return stored;
    }

    // The percentage of the CPU metric; all other metrics go into the annotation.
    private static Tree? TakeCpu(TreeMap root, TreeMap parent, string field, string annotation, string side)
    {
        Tree? percentage = null;
        var others = new TreeList();
        foreach (var metric in parent.Items(field))
        {
            var resource = metric.Map("resource");
            if (percentage is null && resource?.Text("name") == "cpu" && resource.Map(side)?["averageUtilization"] is { } found)
            {
                percentage = found;
            }
            else
            {
                others.Add(metric);
            }
        }

        parent.Remove(field);
        Put(root, annotation, others.Count == 0 ? null : others);
        return percentage;
    }

    private static TreeMap Cpu(string side, string field, Tree value, bool typed)
    {
        var amount = new TreeMap();
        if (typed)
        {
            amount["type"] = "Utilization";
        }

        amount[field] = value;
        var resource = new TreeMap { ["name"] = "cpu", [side] = amount };
        return new TreeMap { ["type"] = "Resource", ["resource"] = resource };
    }

    private static void Put(TreeMap root, string annotation, Tree? value)
    {
        if (value is TreeList { Count: > 0 } or TreeMap { Count: > 0 })
        {
            root.Made("metadata").Made("annotations")[Prefix + annotation] = TreeJson.WriteText(value);
        }
    }

    private static Tree? Taken(TreeMap root, string annotation)
    {
        if (root.Map("metadata")?.Map("annotations") is not { } annotations || annotations.Text(Prefix + annotation) is not { } text)
        {
            return null;
        }

        annotations.Remove(Prefix + annotation);
        if (annotations.Count == 0)
        {
            root.Map("metadata")!.Remove("annotations");
        }

        try
        {
            return TreeJson.Parse(text);
        }
        catch (TreeException)
        {
            // Somebody wrote into the annotation by hand; it says nothing then.
            return null;
        }
    }
}
