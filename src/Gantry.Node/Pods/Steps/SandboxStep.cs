using Gantry.Api.Models;
using Gantry.Node.Containers;
using Gantry.Node.Grpc;
using Gantry.Node.Machine;

namespace Gantry.Node.Pods.Steps;

/// <summary>Makes a pod's sandbox: its kernel namespaces and its network. Undone by <see cref="UndoAsync"/>, which needs no do.</summary>
public sealed class SandboxStep
{
    private readonly PodParts _parts;

    public SandboxStep(PodParts parts)
    {
        _parts = parts;
    }

    /// <exception cref="GrpcException">The runtime refused; an event tells the pod's user.</exception>
    public async Task DoAsync(V1Pod pod, PodStep.MakeSandbox step, CancellationToken ct)
    {
        var runtime = _parts.Runtime;
        if (step.Replaces is { } old)
        {
            _parts.Events.Record(PodEvents.Pod(pod), "Normal", "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
            await runtime.StopSandboxAsync(old, ct);
        }

        await CheckClassAsync(pod, ct);
        var config = SandboxConfigs.Of(pod, step.Attempt, _parts.Options, HostResolver.Read(_parts.Options.ResolvConf));
        Directory.CreateDirectory(config.LogDirectory);
        await _parts.Starts.WaitAsync(ct);
        try
        {
            await runtime.RunSandboxAsync(config, ct);
            Limit(pod);
        }
        catch (GrpcException failure)
        {
            _parts.Events.Record(PodEvents.Pod(pod), "Warning", "FailedCreatePodSandBox", $"Failed to create pod sandbox: {failure.RpcText}");
            throw;
        }
        finally
        {
            _parts.Starts.Release();
        }
    }

    // The runtime makes the pod's cgroup with the sandbox, but limits only containers; without this a pod of ten containers would get
    // ten times the share of a pod of one.
    private void Limit(V1Pod pod)
    {
        var root = _parts.Options.CgroupRoot;
        try
        {
            PodCgroups.Apply(SandboxConfigs.CgroupParent(pod, root), PodLimits.Of(pod));
            switch (PodQos.Of(pod))
            {
                case PodQos.Burstable:
                    var asked = _parts.Pods.Snapshot.All.Where(p => PodQos.Of(p) == PodQos.Burstable && !PodSpecs.IsTerminal(p)).Sum(p => PodAdmission.Asked(p, "cpu").MilliValue);
                    PodCgroups.Apply(SandboxConfigs.BurstableParent(root), new PodLimits(ContainerLimits.Shares(asked), null, null));
                    break;
                case PodQos.BestEffort:
                    PodCgroups.Apply(SandboxConfigs.BestEffortParent(root), new PodLimits(ContainerLimits.Shares(0), null, null));
                    break;
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            NodeLog.NotLimited(_parts.Log, Client.ObjectKey.Of(pod).ToString(), refused.Message);
        }
    }

    // There is one way to run containers; a class may name it.
    private async Task CheckClassAsync(V1Pod pod, CancellationToken ct)
    {
        if (pod.Spec.RuntimeClassName is not { Length: > 0 } name)
        {
            return;
        }

        var found = await _parts.Api.GetAsync<V1RuntimeClass>("", name, ct);
        if (found?.Handler is not "runc")
        {
            var why = found is null ? $"runtimeclass.node.k8s.io \"{name}\" not found" : $"no runtime for \"{found.Handler}\" is configured";
            _parts.Events.Record(PodEvents.Pod(pod), "Warning", "FailedCreatePodSandBox", $"Failed to create pod sandbox: {why}");
            throw new ConfigurationException(why);
        }
    }

    /// <summary>Stops and removes every sandbox of the pod, with the containers in them.</summary>
    public async Task UndoAsync(string uid, CancellationToken ct)
    {
        foreach (var sandbox in await _parts.Runtime.ListSandboxesAsync(uid, ct))
        {
            await _parts.Runtime.StopSandboxAsync(sandbox.Id, ct);
            await _parts.Runtime.RemoveSandboxAsync(sandbox.Id, ct);
        }

        foreach (var container in await _parts.Runtime.ListContainersAsync(uid, ct))
        {
            await _parts.Runtime.RemoveContainerAsync(container.Id, ct);
        }
    }
}

