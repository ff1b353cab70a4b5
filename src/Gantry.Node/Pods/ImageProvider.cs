using System.Collections.Concurrent;
using System.Globalization;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Control;
using Gantry.Node.Containers;
using Gantry.Node.Cri;
using Gantry.Node.Grpc;
using Gantry.Node.Images;
using Gantry.Node.Runtime;

namespace Gantry.Node.Pods;

/// <summary>Sees to it that a container's image is on the machine, as its pull policy says.</summary>
public sealed class ImageProvider : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly IContainerRuntime _runtime;
    private readonly IEventRecorder _events;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _pulls;
    private readonly ConcurrentDictionary<(string Uid, string Image), Failure> _failures = new();

    public ImageProvider(IContainerRuntime runtime, IEventRecorder events, int parallelPulls, TimeProvider clock)
    {
        _runtime = runtime;
        _events = events;
        _clock = clock;
        _pulls = new SemaphoreSlim(parallelPulls);
    }

    /// <summary>The image's id in the runtime and its user.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="container">Its container.</param>
    /// <param name="secrets">The pod's pull secrets, read only when something is pulled.</param>
    /// <param name="ct">Ends the wait; the pull of a pod that is being deleted is of no use.</param>
    /// <exception cref="ImageTroubleException">It is not there and cannot be had now.</exception>
    public async Task<(string Ref, ImageUser User)> EnsureAsync(V1Pod pod, V1Container container, Func<CancellationToken, Task<IReadOnlyList<V1Secret>>> secrets, CancellationToken ct)
    {
        var regarding = PodEvents.Container(pod, container.Name);
        var now = _clock.GetUtcNow();
        if (ImageReference.Parse(container.Image) is not { } name)
        {
            throw new ImageTroubleException("InvalidImageName", $"Failed to apply default image tag \"{container.Image}\": couldn't parse image name \"{container.Image}\": invalid reference format", DateTimeOffset.MaxValue);
        }

        var policy = Policy(container, name);
        var present = await _runtime.ImageStatusAsync(name.Full, ct);
        if (present is not null && policy != "Always")
        {
            _events.Record(regarding, "Normal", "Pulled", $"Container image \"{container.Image}\" already present on machine");
            return (present.Id, ImageUser.Of(present));
        }

        if (policy == "Never")
        {
            var message = $"Container image \"{container.Image}\" is not present with pull policy of Never";
            _events.Record(regarding, "Warning", "ErrImageNeverPull", message);
            // Its coming is announced; the pause is only for one that was missed.
            throw new ImageTroubleException("ErrImageNeverPull", message, now + LongestPause);
        }

        var key = (pod.Metadata.Uid, name.Full);
        if (_failures.TryGetValue(key, out var failure) && failure.Until > now)
        {
            _events.Record(regarding, "Normal", "BackOff", $"Back-off pulling image \"{container.Image}\"");
            _events.Record(regarding, "Warning", "Failed", "Error: ImagePullBackOff");
            throw new ImageTroubleException("ImagePullBackOff", $"Back-off pulling image \"{container.Image}\": ErrImagePull: {failure.Message}", failure.Until);
        }

        await PullAsync(container, name, key, regarding, secrets, ct);
        var pulled = await _runtime.ImageStatusAsync(name.Full, ct) ?? throw new ImageTroubleException("ErrImagePull", $"image {container.Image} is gone right after its pull", now + FirstPause);
        return (pulled.Id, ImageUser.Of(pulled));
    }

    /// <summary>Whether the container's image is on the machine and may be used as it is.</summary>
    public async Task<bool> IsPresentAsync(V1Container container, CancellationToken ct) =>
        ImageReference.Parse(container.Image) is { } name && Policy(container, name) != "Always" && await _runtime.ImageStatusAsync(name.Full, ct) is not null;

    /// <summary>A pod is gone.</summary>
    public void Forget(string podUid)
    {
        foreach (var key in _failures.Keys.Where(k => k.Uid == podUid))
        {
            _failures.TryRemove(key, out _);
        }
    }

    public void Dispose() => _pulls.Dispose();

    private static string Policy(V1Container container, ImageReference name) =>
        container.ImagePullPolicy.Length > 0 ? container.ImagePullPolicy : name.IsLatest ? "Always" : "IfNotPresent";

    private async Task PullAsync(
        V1Container container, ImageReference name, (string Uid, string Image) key, V1ObjectReference regarding,
        Func<CancellationToken, Task<IReadOnlyList<V1Secret>>> secrets, CancellationToken ct)
    {
        var from = _clock.GetTimestamp();
        await _pulls.WaitAsync(ct);
        try
        {
            var begun = _clock.GetTimestamp();
            _events.Record(regarding, "Normal", "Pulling", $"Pulling image \"{container.Image}\"");
            await TryCredentialsAsync(name, PullSecrets.For(name, await secrets(ct)), ct);
            _failures.TryRemove(key, out _);
            var size = (await _runtime.ImageStatusAsync(name.Full, ct))?.Size ?? 0;
            _events.Record(regarding, "Normal", "Pulled", string.Create(CultureInfo.InvariantCulture,
                $"Successfully pulled image \"{container.Image}\" in {Length(begun)} ({Length(from)} including waiting). Image size: {size} bytes."));
        }
        catch (GrpcException refused)
        {
            var before = _failures.TryGetValue(key, out var old) ? old.Pause : TimeSpan.Zero;
            var pause = before == TimeSpan.Zero ? FirstPause : TimeSpan.FromTicks(Math.Min(before.Ticks * 2, LongestPause.Ticks));
            var now = _clock.GetUtcNow();
            _failures[key] = new Failure(pause, now + pause, refused.RpcText);
            _events.Record(regarding, "Warning", "Failed", $"Failed to pull image \"{container.Image}\": {refused.RpcText}");
            _events.Record(regarding, "Warning", "Failed", "Error: ErrImagePull");
            // The first words are the cause; soon after, the status tells of the pause.
            throw new ImageTroubleException("ErrImagePull", refused.RpcText, now + TimeSpan.FromSeconds(2), refused);
        }
        finally
        {
            _pulls.Release();
        }
    }

    private async Task TryCredentialsAsync(ImageReference name, IReadOnlyList<AuthConfig> credentials, CancellationToken ct)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                await _runtime.PullImageAsync(name.Full, i < credentials.Count ? credentials[i] : null, null, ct);
                return;
            }
            catch (GrpcException) when (i + 1 < credentials.Count)
            {
                // The next one may fit.
            }
        }
    }

    private string Length(long from) => GoDuration.Format(TimeSpan.FromMilliseconds(Math.Round(_clock.GetElapsedTime(from).TotalMilliseconds)));

    private sealed record Failure(TimeSpan Pause, DateTimeOffset Until, string Message);
}
