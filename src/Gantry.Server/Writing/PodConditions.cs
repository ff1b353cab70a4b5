using Gantry.Api.Trees;
using Gantry.Server.Defaulting;

namespace Gantry.Server.Writing;

/// <summary>Conditions that the server itself gives pods.</summary>
internal static class PodConditions
{
    /// <summary>
    /// Sets a condition where it stands, or behind the others if the pod has none of its type (Kubernetes' UpdatePodCondition). The time of a
    /// condition that has the status already stays.
    /// </summary>
    /// <param name="status">The pod's status, changed in place; its list of conditions is not.</param>
    /// <param name="type">Of the condition.</param>
    /// <param name="value"><c>True</c> or <c>False</c>.</param>
    /// <param name="reason">Why; empty for no reason.</param>
    /// <param name="message">The same in words, where there is a reason.</param>
    /// <param name="now">When, as the API writes times.</param>
    public static void Set(TreeMap status, string type, string value, string reason, string message, Tree now)
    {
        var conditions = status.List("conditions")?.ShallowCopy() ?? new TreeList();
        var at = 0;
        while (at < conditions.Count && (conditions[at] as TreeMap)?.Text("type") != type)
        {
            at++;
        }

        var known = at < conditions.Count ? (TreeMap)conditions[at] : null;
        var condition = new TreeMap
        {
            { "type", type }, { "status", value }, { "lastProbeTime", TreeNull.Instance },
            { "lastTransitionTime", known?.Text("status") == value ? known["lastTransitionTime"] ?? TreeNull.Instance : now },
        };
        if (reason.Length > 0)
        {
            condition["reason"] = reason;
            condition["message"] = message;
        }

        if (known is null)
        {
            conditions.Add(condition);
        }
        else
        {
            conditions[at] = condition;
        }

        status["conditions"] = conditions;
    }
}
