using Gantry.Api.Models;

namespace Gantry.Node.Pods;

/// <summary>Decides what a pod that is not being deleted needs next. Pure: equal views give equal plans.</summary>
public static class PodPlanner
{
    public static PodPlan Plan(PodView view)
    {
        var run = new Run(view);
        return run.Plan() with { LookAgain = run.LookAgain };
    }

    /// <summary>Whether a container that ended is started again.</summary>
    public static bool Restarts(V1Pod pod, V1Container container, ContainerFact ended) =>
        PodSpecs.IsSidecar(container) || (container.RestartPolicy ?? pod.Spec.RestartPolicy) switch
        {
            "Never" => false,
            "OnFailure" => ended.ExitCode != 0,
            _ => !PodSpecs.IsInit(pod, container.Name) || ended.ExitCode != 0,
        };

    private sealed class Run(PodView view)
    {
        private readonly V1Pod _pod = view.Pod;
        private readonly PodRuntime _runtime = view.Runtime;
        private readonly List<PodStep> _steps = [];

        public DateTimeOffset? LookAgain { get; private set; }

        public PodPlan Plan()
        {
            // 1. Over already, or out of time.
            if (PodSpecs.IsTerminal(_pod))
            {
                return new PodPlan { End = new PodEnd(_pod.Status.Phase, _pod.Status.Reason, _pod.Status.Message) };
            }

            if (_pod.Spec.ActiveDeadlineSeconds is { } seconds && _pod.Status.StartTime is { } start)
            {
                var deadline = start + TimeSpan.FromSeconds(seconds);
                if (view.Now >= deadline)
                {
                    return new PodPlan { End = new PodEnd("Failed", "DeadlineExceeded", "Pod was active on the node longer than the specified deadline") };
                }

                At(deadline);
            }

            // 2. An init container that failed for good, or nothing left to run.
            if (_pod.Spec.InitContainers.Any(FailedForGood))
            {
                return new PodPlan { End = new PodEnd("Failed") };
            }

            if (!_pod.Spec.Containers.Any(NeedsToRun))
            {
                return Finish();
            }

            // 3. What everything stands on.
            if (!view.VolumesReady)
            {
                _steps.Add(new PodStep.PrepareVolumes());
            }

            if (_runtime.Sandbox is not { Ready: true })
            {
                MakeSandbox();
                return new PodPlan { Steps = _steps };
            }

            // 4. Containers, which need the volumes.
            foreach (var guest in PodSpecs.Ephemeral(_pod).Where(c => _runtime.Newest(c.Name) is null))
            {
                Start(guest, null);
            }

            var begun = _pod.Spec.Containers.Any(c => _runtime.Current(c.Name) is not null);
            if (Initialize(begun))
            {
                foreach (var container in _pod.Spec.Containers)
                {
                    Keep(container);
                }
            }

            return new PodPlan { Steps = view.VolumesReady ? _steps : [.. _steps.Where(s => s is not PodStep.StartContainer)] };
        }

        // All containers have ended: the sidecars go, last first, then the pod is over.
        private PodPlan Finish()
        {
            if (_pod.Spec.Containers.Select(c => _runtime.Newest(c.Name)).FirstOrDefault(c => c is { Running: true } or { Phase: ContainerPhase.Unknown }) is { } lost)
            {
                // It ran in a sandbox that is gone, and isn't to be started again.
                return new PodPlan { Steps = [new PodStep.StopContainer(lost, "its sandbox is gone", TimeSpan.FromSeconds(2))] };
            }

            var good = _pod.Spec.Containers.All(c => _runtime.Newest(c.Name) is { Succeeded: true });
            return new PodPlan { End = new PodEnd(good ? "Succeeded" : "Failed") };
        }

        private bool FailedForGood(V1Container init) =>
            !PodSpecs.IsSidecar(init) && _pod.Spec.RestartPolicy == "Never" && _runtime.Newest(init.Name) is { Exited: true, ExitCode: not 0 };

        private bool NeedsToRun(V1Container container) => _runtime.Newest(container.Name) switch
        {
            null => true,
            { Exited: true } ended => Restarts(_pod, container, ended),
            { Phase: ContainerPhase.Created } => true,
            _ => _pod.Spec.RestartPolicy != "Never" || _runtime.Sandbox is { Ready: true },
        };

        private void MakeSandbox()
        {
            foreach (var left in _runtime.Containers.Where(c => c.Running))
            {
                _steps.Add(new PodStep.StopContainer(left, "Pod sandbox changed, it will be killed and re-created.", TimeSpan.FromSeconds(2)));
            }

            var before = _runtime.Sandbox;
            _steps.Add(new PodStep.MakeSandbox(before is null ? 0 : before.Attempt + 1, before?.Id));
        }

        // Whether the containers may run now.
        private bool Initialize(bool begun)
        {
            foreach (var init in _pod.Spec.InitContainers)
            {
                if (PodSpecs.IsSidecar(init))
                {
                    var up = Keep(init) is { Running: true } running && view.Verdict(running, init).Started;
                    if (!up && !begun)
                    {
                        return false;
                    }
                }
                else if (!begun && !(_runtime.Current(init.Name)?.Succeeded ?? false))
                {
                    Keep(init);
                    return false;
                }
            }

            return true;
        }

        // Adds the steps that keep one container as it should be; returns it when it need not change.
        private ContainerFact? Keep(V1Container container)
        {
            var now = _runtime.Current(container.Name);
            switch (now)
            {
                case null:
                    Start(container, _runtime.Newest(container.Name));
                    return null;
                case { Phase: ContainerPhase.Created }:
                    _steps.Add(new PodStep.RemoveContainer(now));
                    return null;
                case { Phase: ContainerPhase.Unknown }:
                    _steps.Add(new PodStep.StopContainer(now, $"Container {container.Name} is in an unknown state, and will be restarted", TimeSpan.FromSeconds(2)));
                    return null;
                case { Exited: true }:
                    if (Restarts(_pod, container, now))
                    {
                        Start(container, now);
                    }

                    return null;
            }

            if (now.Hash.Length > 0 && now.Hash != PodSpecs.Hash(container))
            {
                _steps.Add(new PodStep.StopContainer(now, $"Container {container.Name} definition changed, will be restarted", null));
                return null;
            }

            if (view.Verdict(now, container).Kill is { } why)
            {
                _steps.Add(new PodStep.StopContainer(now, why, view.Verdict(now, container).Grace));
                return null;
            }

            return now;
        }

        private void Start(V1Container container, ContainerFact? before)
        {
            var due = DateTimeOffset.MinValue;
            if (before is { Finished: { } finished, Exited: true })
            {
                due = view.Backoff.Due(container.Name, finished);
            }

            if (view.Troubles.TryGetValue(container.Name, out var trouble) && trouble.Until > due)
            {
                due = trouble.Until;
            }

            if (due > view.Now)
            {
                At(due);
                return;
            }

            _steps.Add(new PodStep.StartContainer(container, Count(container, before), before?.Finished));
        }

        // A container that ran before the runtime lost it, with the machine for instance, counts all the same.
        private int Count(V1Container container, ContainerFact? before)
        {
            if (before is not null)
            {
                return before.RestartCount + 1;
            }

            var known = _pod.Status.ContainerStatuses.Concat(_pod.Status.InitContainerStatuses).FirstOrDefault(s => s.Name == container.Name);
            return known is { ContainerID.Length: > 0 } ? known.RestartCount + 1 : known?.RestartCount ?? 0;
        }

        private void At(DateTimeOffset due) => LookAgain = LookAgain is { } known && known < due ? known : due;
    }
}
