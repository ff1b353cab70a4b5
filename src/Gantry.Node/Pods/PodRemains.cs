using Gantry.Api.Models;
using Gantry.Node.Pods.Steps;

namespace Gantry.Node.Pods;

/// <summary>What dead containers and sandboxes leave behind: of each container the last dead one is kept, for its log.</summary>
public sealed class PodRemains
{
    private readonly PodParts _parts;
    private readonly ContainerOwners _owners;

    public PodRemains(PodParts parts, ContainerOwners owners)
    {
        _parts = parts;
        _owners = owners;
    }

    /// <summary>The containers whose log's end serves as their last words when they fail without any.</summary>
    public static IReadOnlySet<string> WordsFromLog(V1Pod pod) =>
        PodSpecs.AllContainers(pod).Where(c => c.TerminationMessagePolicy == "FallbackToLogsOnError").Select(c => c.Name).ToHashSet(StringComparer.Ordinal);

    /// <summary>Removes containers of dead attempts but the last one of each name, and sandboxes that nothing is left in.</summary>
    public async Task CollectAsync(V1Pod pod, PodRuntime runtime, CancellationToken ct)
    {
        var removed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var group in runtime.Containers.GroupBy(c => c.Name, StringComparer.Ordinal))
        {
            foreach (var dead in group.Skip(2).Where(c => c.Exited))
            {
                await _parts.Runtime.RemoveContainerAsync(dead.Id, ct);
                _owners.Disown(dead.Id);
                removed.Add(dead.Id);
                var log = Path.Combine(_parts.Options.LogDirectory, RuntimeNames.LogFolder(pod), RuntimeNames.LogFile(dead.Name, dead.RestartCount));
                foreach (var file in LogRotation.Rotated(log).Append(log))
                {
                    File.Delete(file);
                }

                File.Delete(_parts.Folders.LastWords(pod.Metadata.Uid, dead.Name, dead.RestartCount));
            }
        }

        foreach (var old in runtime.Sandboxes.Skip(1).Where(s => !s.Ready && !runtime.Containers.Any(c => c.SandboxId == s.Id && !removed.Contains(c.Id))))
        {
            await _parts.Runtime.RemoveSandboxAsync(old.Id, ct);
            _owners.Disown(old.Id);
        }
    }

    /// <summary>Removes all that is left of a pod: containers, sandboxes, volumes, logs.</summary>
    public async Task RemoveAsync(V1Pod pod, PodRuntime runtime, SandboxStep sandboxes, VolumesStep volumes, CancellationToken ct)
    {
        var uid = pod.Metadata.Uid;
        await sandboxes.UndoAsync(uid, ct);
        foreach (var id in runtime.Containers.Select(c => c.Id).Concat(runtime.Sandboxes.Select(s => s.Id)))
        {
            _owners.Disown(id);
        }

        volumes.Undo(uid);
        _parts.Images.Forget(uid);
        var logs = Path.Combine(_parts.Options.LogDirectory, RuntimeNames.LogFolder(pod));
        if (Directory.Exists(logs))
        {
            Directory.Delete(logs, recursive: true);
        }
    }
}
