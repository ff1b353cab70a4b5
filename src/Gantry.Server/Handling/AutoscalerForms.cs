using Gantry.Api.Trees;
using Gantry.Server.Defaulting;

namespace Gantry.Server.Handling;

/// <summary>Metrics and behavior of autoscalers in the form of <c>autoscaling/v1</c>'s annotations, and in that of <c>autoscaling/v2</c>.</summary>
internal static class AutoscalerForms
{
    private static readonly string[] Sources = ["object", "pods", "resource", "containerResource", "external"];

    private static readonly (string Newer, string Older)[] RuleNames =
        [("stabilizationWindowSeconds", "StabilizationWindowSeconds"), ("selectPolicy", "SelectPolicy"), ("policies", "Policies")];

    private static readonly (string Newer, string Older)[] PolicyNames = [("type", "Type"), ("value", "Value"), ("periodSeconds", "PeriodSeconds")];

    /// <summary>A metric of the annotation as v2 has it.</summary>
    public static TreeMap NewerMetric(TreeMap older) => Sourced(older, static (kind, s) => kind switch
    {
        "object" => Map(
            ("describedObject", s["target"]),
            ("target", Target(s.Has("averageValue") ? "AverageValue" : "Value", value: s.Has("averageValue") && IsZero(s["targetValue"]) ? null : s["targetValue"], average: s["averageValue"])),
            ("metric", Identifier(s["metricName"], s["selector"]))),
        "pods" => Map(("metric", Identifier(s["metricName"], s["selector"])), ("target", Target("AverageValue", average: s["targetAverageValue"]))),
        "external" => Map(
            ("metric", Identifier(s["metricName"], s["metricSelector"])),
            ("target", Target(s.Has("targetAverageValue") ? "AverageValue" : "Value", value: s["targetValue"], average: s["targetAverageValue"]))),
        _ => Map(
            ("name", s["name"]),
            ("target", Target(s.Has("targetAverageUtilization") ? "Utilization" : "AverageValue", average: s["targetAverageValue"], share: s["targetAverageUtilization"])),
            ("container", s["container"])),
    });

    /// <summary>A metric of v2 as the annotation has it.</summary>
    public static TreeMap OlderMetric(TreeMap newer) => Sourced(newer, static (kind, s) =>
    {
        var (target, metric) = (s.Map("target") ?? new TreeMap(), s.Map("metric") ?? new TreeMap());
        return kind switch
        {
            "object" => Map(
                ("target", s["describedObject"]), ("metricName", metric["name"]), ("targetValue", target["value"] ?? "0"), ("selector", metric["selector"]),
                ("averageValue", target["averageValue"])),
            "pods" => Map(("metricName", metric["name"]), ("targetAverageValue", target["averageValue"] ?? "0"), ("selector", metric["selector"])),
            "external" => Map(
                ("metricName", metric["name"]), ("metricSelector", metric["selector"]), ("targetValue", target["value"]), ("targetAverageValue", target["averageValue"])),
            _ => Map(
                ("name", s["name"]), ("targetAverageUtilization", target["averageUtilization"]), ("targetAverageValue", target["averageValue"]), ("container", s["container"])),
        };
    });

    /// <summary>What was measured, of the annotation, as v2 has it.</summary>
    public static TreeMap NewerStatus(TreeMap older) => Sourced(older, static (kind, s) => kind switch
    {
        "object" => Map(
            ("metric", Identifier(s["metricName"], s["selector"])), ("current", Map(("value", s["currentValue"]), ("averageValue", s["averageValue"]))), ("describedObject", s["target"])),
        "pods" => Map(("metric", Identifier(s["metricName"], s["selector"])), ("current", Map(("averageValue", s["currentAverageValue"])))),
        "external" => Map(
            ("metric", Identifier(s["metricName"], s["metricSelector"])), ("current", Map(("value", s["currentValue"]), ("averageValue", s["currentAverageValue"])))),
        _ => Map(
            ("name", s["name"]),
            ("current", Map(("averageValue", s["currentAverageValue"]), ("averageUtilization", s["currentAverageUtilization"]))),
            ("container", s["container"])),
    });

    /// <summary>What was measured, of v2, as the annotation has it.</summary>
    public static TreeMap OlderStatus(TreeMap newer) => Sourced(newer, static (kind, s) =>
    {
        var (current, metric) = (s.Map("current") ?? new TreeMap(), s.Map("metric") ?? new TreeMap());
        return kind switch
        {
            "object" => Map(
                ("target", s["describedObject"]), ("metricName", metric["name"]), ("currentValue", current["value"] ?? "0"), ("selector", metric["selector"]),
                ("averageValue", current["averageValue"])),
            "pods" => Map(("metricName", metric["name"]), ("currentAverageValue", current["averageValue"] ?? "0"), ("selector", metric["selector"])),
            "external" => Map(
                ("metricName", metric["name"]), ("metricSelector", metric["selector"]), ("currentValue", current["value"] ?? "0"), ("currentAverageValue", current["averageValue"])),
            _ => Map(
                ("name", s["name"]), ("currentAverageUtilization", current["averageUtilization"]), ("currentAverageValue", current["averageValue"] ?? "0"), ("container", s["container"])),
        };
    });

    /// <summary>A condition of v2 as the annotation has it: with its time, known or not.</summary>
    public static TreeMap OlderCondition(TreeMap newer)
    {
        var older = new TreeMap { ["type"] = newer["type"] ?? "", ["status"] = newer["status"] ?? "", ["lastTransitionTime"] = newer["lastTransitionTime"] ?? TreeNull.Instance };
        foreach (var name in (ReadOnlySpan<string>)["reason", "message"])
        {
            if (newer.Text(name) is { Length: > 0 } text)
            {
                older[name] = text;
            }
        }

        return older;
    }

    /// <summary>The annotation's text as v2's behavior; null where it says nothing that can be read.</summary>
    public static TreeMap? NewerBehavior(string? annotation)
    {
        if (annotation is null)
        {
            return null;
        }

        try
        {
            if (TreeJson.Parse(annotation) is not TreeMap older)
            {
                return null;
            }

            var (up, down) = (NewerRules(Find(older, "ScaleUp")), NewerRules(Find(older, "ScaleDown")));
            return up is null && down is null ? null : Map(("scaleUp", up), ("scaleDown", down));
        }
        catch (TreeException)
        {
            return null;
        }
    }

    /// <summary>V2's behavior as the annotation has it.</summary>
    public static TreeMap OlderBehavior(TreeMap newer) => new() { ["ScaleUp"] = OlderRules(newer.Map("scaleUp")), ["ScaleDown"] = OlderRules(newer.Map("scaleDown")) };

    private static TreeMap? NewerRules(Tree? older)
    {
        if (older is not TreeMap rules)
        {
            return null;
        }

        var newer = new TreeMap();
        foreach (var (name, from) in RuleNames)
        {
            newer[name] = Find(rules, from);
        }

        newer["stabilizationWindowSeconds"] = newer["stabilizationWindowSeconds"] as TreeInteger;
        newer["selectPolicy"] = newer["selectPolicy"] as TreeString;
        var policies = new TreeList();
        foreach (var policy in (newer["policies"] as TreeList ?? new TreeList()).OfType<TreeMap>())
        {
            policies.Add(Map(("type", Find(policy, "Type") as TreeString), ("value", Find(policy, "Value") as TreeInteger), ("periodSeconds", Find(policy, "PeriodSeconds") as TreeInteger)));
        }

        // The older form has no policies by default: none are refused, as an empty list is in the newer one.
        newer["policies"] = policies;
        return newer;
    }

    private static Tree OlderRules(TreeMap? newer)
    {
        if (newer is null)
        {
            return TreeNull.Instance;
        }

        var older = new TreeMap();
        foreach (var (from, name) in RuleNames)
        {
            older[name] = newer[from] ?? TreeNull.Instance;
        }

        if (newer["policies"] is TreeList)
        {
            var policies = new TreeList();
            foreach (var policy in newer.Items("policies"))
            {
                var written = new TreeMap();
                foreach (var (from, name) in PolicyNames)
                {
                    written[name] = policy[from] ?? TreeNull.Instance;
                }

                policies.Add(written);
            }

            older["Policies"] = policies;
        }

        return older;
    }

    // Names are read without regard to case, as Kubernetes reads JSON.
    private static Tree? Find(TreeMap map, string name)
    {
        for (var i = 0; i < map.Count; i++)
        {
            if (map.KeyAt(i).Equals(name, StringComparison.OrdinalIgnoreCase) && map.ValueAt(i) is not TreeNull)
            {
                return map.ValueAt(i);
            }
        }

        return null;
    }

    private static TreeMap Sourced(TreeMap metric, Func<string, TreeMap, TreeMap> convert)
    {
        var converted = new TreeMap { ["type"] = metric["type"] ?? "" };
        foreach (var kind in Sources)
        {
            if (metric.Map(kind) is { } source)
            {
                converted[kind] = convert(kind, source);
            }
        }

        return converted;
    }

    private static TreeMap Target(string type, Tree? value = null, Tree? average = null, Tree? share = null) =>
        Map(("type", type), ("value", value), ("averageValue", average), ("averageUtilization", share));

    private static TreeMap Identifier(Tree? name, Tree? selector) => Map(("name", name), ("selector", selector));

    private static bool IsZero(Tree? amount) => amount is null or TreeNull or TreeString { Value: "0" } or TreeInteger { Value: 0 };

    private static TreeMap Map(params ReadOnlySpan<(string Key, Tree? Value)> members)
    {
        var map = new TreeMap(members.Length);
        foreach (var (key, value) in members)
        {
            if (value is not (null or TreeNull))
            {
                map[key] = value;
            }
        }

        return map;
    }
}
