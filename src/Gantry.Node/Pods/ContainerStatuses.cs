using Gantry.Api.Models;

namespace Gantry.Node.Pods;

/// <summary>A container's part of its pod's status.</summary>
public static class ContainerStatuses
{
    /// <param name="view">The pod as it is.</param>
    /// <param name="container">Which container.</param>
    /// <param name="over">Whether nothing is started any more: the pod is over or ending.</param>
    public static V1ContainerStatus Of(PodView view, V1Container container, bool over)
    {
        var init = PodSpecs.IsInit(view.Pod, container.Name);
        var guest = PodSpecs.IsEphemeral(view.Pod, container.Name);
        var known = (init ? view.Pod.Status.InitContainerStatuses : guest ? view.Pod.Status.EphemeralContainerStatuses : view.Pod.Status.ContainerStatuses)
            .FirstOrDefault(s => s.Name == container.Name);
        var newest = view.Runtime.Newest(container.Name);
        if (newest is null)
        {
            return Absent(view, container, known, over);
        }

        var verdict = view.Verdict(newest, container);
        var plain = init && !PodSpecs.IsSidecar(container);
        var (now, last) = States(view, container, newest, over, known);
        return new V1ContainerStatus
        {
            Name = container.Name,
            Image = newest.Image.Length > 0 ? newest.Image : container.Image,
            ImageID = newest.ImageId,
            ContainerID = Id(newest),
            RestartCount = newest.RestartCount,
            State = now,
            LastState = last,
            Ready = plain ? newest.Succeeded : newest.Running && verdict.Ready && !guest,
            Started = guest ? null : newest.Running && (plain || verdict.Started),
            VolumeMounts = Mounts(container),
        };
    }

    public static V1ContainerStateTerminated Ended(ContainerFact container) => new()
    {
        ExitCode = container.ExitCode,
        Reason = container.Reason.Length > 0 ? container.Reason : container.ExitCode == 0 ? "Completed" : "Error",
        Message = container.Message,
        StartedAt = container.Started,
        FinishedAt = container.Finished,
        ContainerID = Id(container),
    };

    private static string Id(ContainerFact container) => "containerd://" + container.Id;

    private static (V1ContainerState Now, V1ContainerState Last) States(PodView view, V1Container container, ContainerFact newest, bool over, V1ContainerStatus? known)
    {
        var before = view.Runtime.Previous(container.Name) is { Exited: true } previous ? new V1ContainerState { Terminated = Ended(previous) }
            : known is not null && known.RestartCount == newest.RestartCount ? known.LastState : new V1ContainerState();
        switch (newest.Phase)
        {
            case ContainerPhase.Running:
                return (new V1ContainerState { Running = new V1ContainerStateRunning { StartedAt = newest.Started } }, before);
            case ContainerPhase.Created:
                return (Waiting("ContainerCreating", ""), before);
            case ContainerPhase.Unknown:
                return (new V1ContainerState { Terminated = Ended(newest) with { ExitCode = 255, Reason = "ContainerStatusUnknown" } }, before);
        }

        var ended = new V1ContainerState { Terminated = Ended(newest) };
        if (over || !PodPlanner.Restarts(view.Pod, container, newest))
        {
            return (ended, before);
        }

        var finished = newest.Finished ?? newest.Created;
        var trouble = view.Troubles.GetValueOrDefault(container.Name);
        if (view.Backoff.Due(container.Name, finished) > view.Now && (trouble is null || trouble.WasMade))
        {
            return (Waiting("CrashLoopBackOff", CrashMessage(view.Pod, container.Name, view.Backoff.Pause(container.Name, finished))), ended);
        }

        return trouble is null ? (ended, before) : (Waiting(trouble.Reason, trouble.Message), ended);
    }

    /// <summary>What users are told about a container that is not started at once.</summary>
    public static string CrashMessage(V1Pod pod, string container, TimeSpan pause) =>
        $"back-off {Api.GoDuration.Format(pause)} restarting failed container={container} pod={pod.Metadata.Name}_{pod.Metadata.Namespace}({pod.Metadata.Uid})";

    private static V1ContainerStatus Absent(PodView view, V1Container container, V1ContainerStatus? known, bool over)
    {
        if (known is { State.Terminated: not null } || (known is not null && over && known.State.Running is null && known.State.Waiting is null))
        {
            // The runtime forgot it, the API did not.
            return known;
        }

        var status = new V1ContainerStatus { Name = container.Name, Image = container.Image, Started = false, RestartCount = known?.RestartCount ?? 0, LastState = known?.LastState ?? new V1ContainerState() };
        if (known is { State.Running: { } ran })
        {
            // It ran, and nobody saw its end: a machine that lost its runtime's state.
            var lost = new V1ContainerState
            {
                Terminated = new V1ContainerStateTerminated
                {
                    ExitCode = 137, Reason = "ContainerStatusUnknown", Message = "The container could not be located when the pod was inspected.", StartedAt = ran.StartedAt, ContainerID = known.ContainerID,
                },
            };
            return over ? status with { State = lost } : status with { State = Waiting("ContainerCreating", ""), LastState = lost, RestartCount = known.RestartCount + 1 };
        }

        if (view.Troubles.TryGetValue(container.Name, out var trouble))
        {
            return status with { State = Waiting(trouble.Reason, trouble.Message) };
        }

        return status with { State = Waiting(Initializing(view, container) ? "PodInitializing" : "ContainerCreating", "") };
    }

    // Only an init container that nothing stands before is being created.
    private static bool Initializing(PodView view, V1Container container)
    {
        foreach (var init in view.Pod.Spec.InitContainers)
        {
            if (init.Name == container.Name)
            {
                return false;
            }

            var now = view.Runtime.Newest(init.Name);
            if (PodSpecs.IsSidecar(init) ? now is not { Running: true } : now is not { Succeeded: true })
            {
                return true;
            }
        }

        return false;
    }

    private static V1ContainerState Waiting(string reason, string message) => new() { Waiting = new V1ContainerStateWaiting { Reason = reason, Message = message } };

    private static IReadOnlyList<V1VolumeMountStatus> Mounts(V1Container container) =>
        [.. container.VolumeMounts.Select(m => new V1VolumeMountStatus { Name = m.Name, MountPath = m.MountPath, ReadOnly = m.ReadOnly, RecursiveReadOnly = m.ReadOnly ? "Disabled" : null })];
}
