using Gantry.Api.Models;
using Gantry.Node.Containers;

namespace Gantry.Node.Pods;

/// <summary>A pod's status from what is known about it. Pure.</summary>
public static class PodStatuses
{
    public const string Scheduled = "PodScheduled";
    public const string Initialized = "Initialized";
    public const string Ready = "Ready";
    public const string ContainersReady = "ContainersReady";
    public const string SandboxReady = "PodReadyToStartContainers";

    /// <summary>Says that a pod was ended by the cluster, not by itself.</summary>
    public const string Disrupted = "DisruptionTarget";

    /// <summary>The conditions that the node sets; others belong to others.</summary>
    public static readonly IReadOnlyList<string> Own = [SandboxReady, Initialized, Ready, ContainersReady, Scheduled, Disrupted];

    /// <param name="view">The pod as it is.</param>
    /// <param name="end">Why it is over; null while it goes on.</param>
    /// <param name="ending">Whether it is being ended, whatever the cause.</param>
    /// <param name="host">The machine's addresses.</param>
    public static V1PodStatus Of(PodView view, PodEnd? end, bool ending, IReadOnlyList<string> host)
    {
        var pod = view.Pod;
        var over = end is not null || ending;
        var inits = pod.Spec.InitContainers.Select(c => ContainerStatuses.Of(view, c, over)).ToList();
        var mains = pod.Spec.Containers.Select(c => ContainerStatuses.Of(view, c, over)).ToList();
        var phase = Phase(pod, inits, mains, end, ending);
        var addresses = pod.Spec.HostNetwork ? host : view.Runtime.Sandbox?.Addresses is { Count: > 0 } own ? own : [.. pod.Status.PodIPs.Select(i => i.Ip)];
        if (view.Runtime.Sandbox is null && pod.Spec.HostNetwork && pod.Status.PodIP.Length == 0)
        {
            addresses = [];
        }

        var status = pod.Status with
        {
            Phase = phase,
            Reason = end?.Reason is { Length: > 0 } reason ? reason : pod.Status.Reason,
            Message = end?.Message is { Length: > 0 } message ? message : pod.Status.Message,
            HostIP = host.FirstOrDefault(""),
            HostIPs = [.. host.Select(a => new V1HostIP { Ip = a })],
            PodIP = addresses.FirstOrDefault(""),
            PodIPs = [.. addresses.Select(a => new V1PodIP { Ip = a })],
            StartTime = pod.Status.StartTime ?? Seconds(view.Now),
            QosClass = PodQos.Of(pod),
            InitContainerStatuses = inits,
            ContainerStatuses = mains,
            EphemeralContainerStatuses = [.. PodSpecs.Ephemeral(pod).Select(c => ContainerStatuses.Of(view, c, over))],
        };
        return status with { Conditions = Conditions(view, status, end) };
    }

    // The API keeps whole seconds.
    private static DateTimeOffset Seconds(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    private static string Phase(V1Pod pod, List<V1ContainerStatus> inits, List<V1ContainerStatus> mains, PodEnd? end, bool ending)
    {
        if (PodSpecs.IsTerminal(pod))
        {
            return pod.Status.Phase;
        }

        var running = mains.Concat(inits).Any(s => s.State.Running is not null);
        if ((end is not null || ending) && !running)
        {
            return end?.Phase ?? (mains.All(s => s.State.Terminated is { ExitCode: 0 }) ? "Succeeded" : "Failed");
        }

        var begun = mains.Any(s => s.State.Running is not null || s.State.Terminated is not null || s.LastState.Terminated is not null);
        if (!begun)
        {
            return "Pending";
        }

        // One that was never there counts for the whole pod.
        return mains.All(s => s.State.Waiting is null || s.LastState.Terminated is not null) ? "Running" : "Pending";
    }

    private static List<V1PodCondition> Conditions(PodView view, V1PodStatus status, PodEnd? end)
    {
        var pod = view.Pod;
        var now = Seconds(view.Now);
        var containers = Containers(pod, status);
        var result = new List<V1PodCondition>();
        if (end is { Reason: "Evicted", Message.Length: > 0 })
        {
            result.Add(new V1PodCondition { Type = Disrupted, Status = "True", Reason = "TerminationByKubelet", Message = end.Message });
        }

        result.AddRange(
        [
            Condition(SandboxReady, end is null && view.Runtime.Sandbox is { Ready: true }),
            Init(pod, status),
            Whole(pod, containers),
            containers,
            Condition(Scheduled, true),
        ]);
        for (var i = 0; i < result.Count; i++)
        {
            var old = pod.Status.Conditions.FirstOrDefault(c => c.Type == result[i].Type);
            result[i] = result[i] with { LastTransitionTime = old is not null && old.Status == result[i].Status ? old.LastTransitionTime : now };
        }

        result.AddRange(pod.Status.Conditions.Where(c => result.All(r => r.Type != c.Type)));
        return result;
    }

    private static V1PodCondition Init(V1Pod pod, V1PodStatus status)
    {
        if (status.Phase == "Succeeded")
        {
            return Condition(Initialized, true, "PodCompleted");
        }

        var undone = pod.Spec.InitContainers.Zip(status.InitContainerStatuses)
            .Where(p => PodSpecs.IsSidecar(p.First) ? p.Second.Started != true : !p.Second.Ready)
            .Select(p => p.First.Name).ToList();
        // Once the containers ran, an init container need not run again to count.
        if (undone.Count == 0 || status.ContainerStatuses.Any(s => s.State.Waiting is null || s.LastState.Terminated is not null))
        {
            return Condition(Initialized, true);
        }

        return Condition(Initialized, false, "ContainersNotInitialized", $"containers with incomplete status: [{string.Join(' ', undone)}]");
    }

    private static V1PodCondition Containers(V1Pod pod, V1PodStatus status)
    {
        if (status.Phase is "Succeeded" or "Failed")
        {
            return Condition(ContainersReady, false, status.Phase == "Succeeded" ? "PodCompleted" : "PodFailed");
        }

        var unready = pod.Spec.InitContainers.Zip(status.InitContainerStatuses).Where(p => PodSpecs.IsSidecar(p.First)).Select(p => p.Second)
            .Concat(status.ContainerStatuses).Where(s => !s.Ready).Select(s => s.Name).ToList();
        return unready.Count == 0
            ? Condition(ContainersReady, true)
            : Condition(ContainersReady, false, "ContainersNotReady", $"containers with unready status: [{string.Join(' ', unready)}]");
    }

    private static V1PodCondition Whole(V1Pod pod, V1PodCondition containers)
    {
        if (containers.Status != "True")
        {
            return containers with { Type = Ready };
        }

        var complaints = pod.Spec.ReadinessGates
            .Select(g => (g.ConditionType, Condition: pod.Status.Conditions.FirstOrDefault(c => c.Type == g.ConditionType)))
            .Where(g => g.Condition?.Status != "True")
            .Select(g => g.Condition is null
                ? $"corresponding condition of pod readiness gate \"{g.ConditionType}\" does not exist."
                : $"the status of pod readiness gate \"{g.ConditionType}\" is not \"True\", but {g.Condition.Status}")
            .ToList();
        return complaints.Count == 0 ? Condition(Ready, true) : Condition(Ready, false, "ReadinessGatesNotReady", string.Join(", ", complaints));
    }

    private static V1PodCondition Condition(string type, bool status, string reason = "", string message = "") =>
        new() { Type = type, Status = status ? "True" : "False", Reason = reason, Message = message };
}
