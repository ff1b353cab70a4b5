using Gantry.Api.Models;

namespace Gantry.Node.Pods;

/// <summary>
/// Notices that an image came by another way than a pull, such as by hand: the pod uses it at once, whatever pause its failed pulls have
/// earned. <see cref="Changed"/> may be called by anybody, <see cref="LookAsync"/> by the pod's worker.
/// </summary>
public sealed class ImageWait
{
    // The runtime tells of an image a moment before it can be asked for it.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private const int Looks = 10;

    private readonly PodParts _parts;
    private volatile bool _waits;
    private volatile bool _changed;
    private int _left;

    public ImageWait(PodParts parts)
    {
        _parts = parts;
    }

    /// <summary>The runtime has another image; returns whether the pod waits for any.</summary>
    public bool Changed()
    {
        _changed = _waits;
        return _waits;
    }

    /// <summary>Takes away the troubles whose image is there by now.</summary>
    /// <returns>When to look again; null: after the next change.</returns>
    public async Task<DateTimeOffset?> LookAsync(V1Pod pod, Dictionary<string, ContainerTrouble> troubles, CancellationToken ct)
    {
        if (_changed)
        {
            _changed = false;
            _left = Looks;
        }

        var waiting = troubles.Where(t => t.Value.IsOfImage).Select(t => t.Key).ToList();
        _waits = waiting.Count > 0;
        if (waiting.Count == 0 || _left == 0)
        {
            return null;
        }

        _left--;
        foreach (var container in PodSpecs.AllContainers(pod).Concat(PodSpecs.Ephemeral(pod)).Where(c => waiting.Contains(c.Name, StringComparer.Ordinal)))
        {
            if (await _parts.Images.IsPresentAsync(container, ct))
            {
                troubles.Remove(container.Name);
                return _parts.Clock.GetUtcNow();
            }
        }

        return _parts.Clock.GetUtcNow() + Pause;
    }
}
