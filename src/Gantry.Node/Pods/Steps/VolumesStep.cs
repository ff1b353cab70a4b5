using Gantry.Api.Models;
using Gantry.Node.Containers;
using Gantry.Node.Volumes;

namespace Gantry.Node.Pods.Steps;

/// <summary>Puts a pod's volumes in place. Undone by <see cref="Undo"/>, which needs no do.</summary>
public sealed class VolumesStep
{
    private readonly PodParts _parts;

    public VolumesStep(PodParts parts)
    {
        _parts = parts;
    }

    /// <exception cref="VolumeException">One could not be; an event tells the pod's user.</exception>
    public async Task<IReadOnlyDictionary<string, PodVolume>> DoAsync(V1Pod pod, PodAddresses addresses, CancellationToken ct)
    {
        try
        {
            return await _parts.Volumes.PrepareAsync(pod, addresses, _parts.Machine.Allocatable, ct);
        }
        catch (VolumeException failure)
        {
            _parts.Events.Record(PodEvents.Pod(pod), "Warning", "FailedMount", failure.Message);
            throw;
        }
    }

    /// <summary>Takes away what is mounted and what is kept in memory, and the pod's folder.</summary>
    public void Undo(string uid)
    {
        _parts.Volumes.Remove(uid);
        _parts.Objects.Release(uid);
    }
}
