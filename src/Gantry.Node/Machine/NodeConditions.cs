using Gantry.Api.Models;
using Gantry.Node.Cri;

namespace Gantry.Node.Machine;

/// <summary>A node's conditions from what is known of the machine. Pure.</summary>
public static class NodeConditions
{
    private const double MostThreads = 0.9;

    /// <param name="pressure">The machine.</param>
    /// <param name="runtime">The runtime's own conditions; null: it does not answer.</param>
    /// <param name="problem">What else keeps the node from running pods; empty: nothing.</param>
    /// <param name="options">The limits.</param>
    /// <param name="before">The conditions the API has: a time of change stays while the status does.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<V1NodeCondition> Of(
        MachinePressure pressure, RuntimeStatus? runtime, string problem, NodeOptions options, IReadOnlyList<V1NodeCondition> before, DateTimeOffset now)
    {
        var complaint = problem.Length > 0 ? problem : Complaint(runtime);
        V1NodeCondition[] all =
        [
            Pressure("MemoryPressure", pressure.FreeMemory < options.MemoryReserve, "KubeletHasInsufficientMemory", "KubeletHasSufficientMemory", "memory available"),
            Pressure("DiskPressure", pressure.FreeDisk < options.DiskReserve, "KubeletHasDiskPressure", "KubeletHasNoDiskPressure", ""),
            Pressure("PIDPressure", pressure.Processes > MostThreads, "KubeletHasInsufficientPID", "KubeletHasSufficientPID", "PID available"),
            complaint.Length == 0
                ? new V1NodeCondition { Type = "Ready", Status = "True", Reason = "KubeletReady", Message = "kubelet is posting ready status" }
                : new V1NodeCondition { Type = "Ready", Status = "False", Reason = "KubeletNotReady", Message = complaint },
        ];
        var time = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        return
        [
            .. all.Select(c =>
            {
                var old = before.FirstOrDefault(b => b.Type == c.Type);
                return c with { LastHeartbeatTime = time, LastTransitionTime = old?.Status == c.Status ? old.LastTransitionTime : time };
            }),
            .. before.Where(b => all.All(c => c.Type != b.Type)),
        ];
    }

    /// <summary>Whether two lists differ in more than the time of the report.</summary>
    public static bool Same(IReadOnlyList<V1NodeCondition> a, IReadOnlyList<V1NodeCondition> b) =>
        a.Count == b.Count && a.All(c => b.Any(o => o.Type == c.Type && o.Status == c.Status && o.Reason == c.Reason && o.Message == c.Message));

    private static string Complaint(RuntimeStatus? runtime)
    {
        if (runtime is null)
        {
            return "container runtime is down";
        }

        var bad = runtime.Conditions.Where(c => !c.Status).ToList();
        return string.Join(", ", bad.Select(c => c.Type == "NetworkReady"
            ? $"container runtime network not ready: NetworkReady=false reason:{c.Reason} message:{c.Message}"
            : $"container runtime status check failed: {c.Type}=false reason:{c.Reason} message:{c.Message}"));
    }

    private static V1NodeCondition Pressure(string type, bool under, string bad, string good, string what) => new()
    {
        Type = type,
        Status = under ? "True" : "False",
        Reason = under ? bad : good,
        Message = what.Length == 0
            ? under ? "kubelet has disk pressure" : "kubelet has no disk pressure"
            : $"kubelet has {(under ? "insufficient" : "sufficient")} {what}",
    };
}
