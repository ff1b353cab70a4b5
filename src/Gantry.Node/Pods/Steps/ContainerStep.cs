using Gantry.Api.Models;
using Gantry.Node.Containers;
using Gantry.Node.Cri;
using Gantry.Node.Grpc;
using Gantry.Node.Probes;
using Gantry.Node.Volumes;

namespace Gantry.Node.Pods.Steps;

/// <summary>Makes and starts one container in its pod's sandbox. Undone by removing the sandbox or the container.</summary>
public sealed class ContainerStep
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);

    private readonly PodParts _parts;
    private readonly StopStep _stop;

    public ContainerStep(PodParts parts, StopStep stop)
    {
        _parts = parts;
        _stop = stop;
    }

    /// <returns>Null when it runs; else why it does not. Events tell the pod's user.</returns>
    public async Task<ContainerTrouble?> DoAsync(
        V1Pod pod, SandboxFact sandbox, PodStep.StartContainer step, IReadOnlyDictionary<string, PodVolume> volumes, CancellationToken ct)
    {
        var container = step.Container;
        var regarding = PodEvents.Container(pod, container.Name);
        var now = _parts.Clock.GetUtcNow();
        string id;
        try
        {
            // 1. The image.
            var (image, user) = await _parts.Images.EnsureAsync(pod, container, limit => SecretsAsync(pod, limit), ct);

            // 2. The description, from objects that may be missing.
            var config = await ConfigAsync(pod, sandbox, step, volumes, image, user, ct);

            // 3. The container, and its start.
            await _parts.Starts.WaitAsync(ct);
            try
            {
                id = await CreateAsync(pod, sandbox, config, ct);
                _parts.Events.Record(regarding, "Normal", "Created", $"Created container: {container.Name}");
                await _parts.Runtime.StartContainerAsync(id, ct);
                _parts.Events.Record(regarding, "Normal", "Started", $"Started container {container.Name}");
            }
            finally
            {
                _parts.Starts.Release();
            }
        }
        catch (ImageTroubleException trouble)
        {
            return new ContainerTrouble(trouble.Reason, trouble.Message, trouble.Until);
        }
        catch (Exception failure) when (failure is ConfigurationException or VolumeException)
        {
            _parts.Events.Record(regarding, "Warning", "Failed", $"Error: {failure.Message}");
            return new ContainerTrouble((failure as ConfigurationException)?.Reason ?? "CreateContainerConfigError", failure.Message, now + Again);
        }
        catch (GrpcException failure)
        {
            // A container that was made but did not start has ended as the runtime sees it, and its restart waits like any other's.
            _parts.Events.Record(regarding, "Warning", "Failed", $"Error: {failure.Message}");
            return await WasMadeAsync(pod, step, ct)
                ? new ContainerTrouble("RunContainerError", failure.Message, now) { WasMade = true }
                : new ContainerTrouble("CreateContainerError", failure.Message, now + Again);
        }

        // 4. The hook, which the container's start includes.
        return container.Lifecycle?.PostStart is { } hook ? await HookAsync(pod, container, id, hook, sandbox, ct) : null;
    }

    private async Task<ContainerConfig> ConfigAsync(
        V1Pod pod, SandboxFact sandbox, PodStep.StartContainer step, IReadOnlyDictionary<string, PodVolume> volumes, string image, ImageUser user, CancellationToken ct)
    {
        var options = _parts.Options;
        var addresses = new PodAddresses(pod.Spec.HostNetwork ? options.Addresses : sandbox.Addresses, options.Addresses);
        await _parts.Services.WaitForSyncAsync(ct);
        var facts = new EnvironmentFacts { Addresses = addresses, Services = [.. _parts.Services.Snapshot.All], Allocatable = _parts.Machine.Allocatable };
        var environment = await ContainerEnvironment.BuildAsync(pod, step.Container, facts, _parts.Objects, ct);
        var hosts = HostsFile.Write(pod, addresses.Pod, options.ClusterDomain, pod.Spec.HostNetwork ? await File.ReadAllTextAsync("/etc/hosts", ct) : "");
        return ContainerConfigs.Of(pod, step.Container, new ContainerInputs
        {
            Environment = environment,
            Mounts = _parts.Mounts.Of(pod, step.Container, volumes, environment, hosts, step.RestartCount),
            ImageRef = image,
            User = user,
            RestartCount = step.RestartCount,
            ProcessesOf = await TargetAsync(pod, step.Container.Name, ct),
            Memory = _parts.Machine.Memory,
            UnifiedCgroups = _parts.Machine.UnifiedCgroups,
            SeccompDirectory = options.SeccompDirectory,
        });
    }

    // An ephemeral container may look into the processes of another one.
    private async Task<string?> TargetAsync(V1Pod pod, string container, CancellationToken ct)
    {
        if (PodSpecs.Target(pod, container) is not { Length: > 0 } target || pod.Spec.ShareProcessNamespace == true || pod.Spec.HostPID)
        {
            return null;
        }

        var all = await _parts.Runtime.ListContainersAsync(pod.Metadata.Uid, ct);
        return all.FirstOrDefault(c => c.Metadata.Name == target && c.State == ContainerState.ContainerRunning)?.Id
            ?? throw new ConfigurationException($"unable to find target container {target}") { Reason = "CreateContainerError" };
    }

    private Task<string> CreateAsync(V1Pod pod, SandboxFact sandbox, ContainerConfig config, CancellationToken ct)
    {
        var description = SandboxConfigs.Of(pod, sandbox.Attempt, _parts.Options, HostResolver.Read(_parts.Options.ResolvConf));
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(description.LogDirectory, config.LogPath))!);
        return _parts.Runtime.CreateContainerAsync(sandbox.Id, config, description, ct);
    }

    private async Task<bool> WasMadeAsync(V1Pod pod, PodStep.StartContainer step, CancellationToken ct)
    {
        var all = await _parts.Runtime.ListContainersAsync(pod.Metadata.Uid, ct);
        return all.Any(c => c.Metadata.Name == step.Container.Name && c.Metadata.Attempt == step.RestartCount);
    }

    private async Task<ContainerTrouble?> HookAsync(V1Pod pod, V1Container container, string id, V1LifecycleHandler hook, SandboxFact sandbox, CancellationToken ct)
    {
        var address = (pod.Spec.HostNetwork ? _parts.Options.Addresses : sandbox.Addresses).FirstOrDefault("");
        var outcome = await _parts.Probes.HookAsync(hook, new ProbeTarget(id, container, address), ct);
        if (outcome.Success)
        {
            return null;
        }

        _parts.Events.Record(PodEvents.Container(pod, container.Name), "Warning", "FailedPostStartHook", $"PostStartHook failed: {outcome.Output}");
        var made = new ContainerFact { Id = id, Name = container.Name, SandboxId = sandbox.Id, Phase = ContainerPhase.Running };
        await _stop.DoAsync(pod, made, address, "FailedPostStartHook", PodSpecs.Grace(pod), ct);
        return new ContainerTrouble("PostStartHookError", outcome.Output, _parts.Clock.GetUtcNow()) { WasMade = true };
    }

    private async Task<IReadOnlyList<V1Secret>> SecretsAsync(V1Pod pod, CancellationToken ct)
    {
        var result = new List<V1Secret>();
        foreach (var reference in pod.Spec.ImagePullSecrets)
        {
            if (await _parts.Objects.SecretAsync(pod.Metadata.Namespace, reference.Name, pod.Metadata.Uid, ct) is { } secret)
            {
                result.Add(secret);
            }
            else
            {
                _parts.Events.Record(PodEvents.Pod(pod), "Warning", "FailedToRetrieveImagePullSecret",
                    $"Unable to retrieve some image pull secrets ({reference.Name}); attempting to pull the image may not succeed.");
            }
        }

        return result;
    }
}
