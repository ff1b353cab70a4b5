using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Node.Grpc;
using Gantry.Node.Pods.Steps;

namespace Gantry.Node.Pods;

/// <summary>
/// Ends all of a pod's containers within its grace period, then its sandbox; in the end deletes it from the API. The stop goes on beside
/// the worker's looks, which keep the status current. Used by one worker at a time.
/// </summary>
#pragma warning disable CA1001 // the token source is left to the collector: a stop that ends may still hold its token
public sealed class PodEnding
#pragma warning restore CA1001
{
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    private readonly PodParts _parts;
    private readonly StopStep _stop;
    private readonly Action _ended;
    private Task? _running;
    private CancellationTokenSource? _cancel;
    private TimeSpan _grace;
    private bool _deleted;

    /// <param name="parts">What workers share.</param>
    /// <param name="stop">Ends one container.</param>
    /// <param name="ended">Called when a stop is over, well or not; must be quick.</param>
    public PodEnding(PodParts parts, StopStep stop, Action ended)
    {
        _parts = parts;
        _stop = stop;
        _ended = ended;
    }

    /// <summary>
    /// Whether a stop goes on. The runtime shows a sandbox as ended while its network is still being taken down, and must not be asked for
    /// the same again meanwhile.
    /// </summary>
    public bool Busy => _running is { IsCompleted: false };

    /// <summary>Begins the stop, or begins it anew with less time; returns without waiting for its end.</summary>
    /// <exception cref="IOException">The stop before this one failed.</exception>
    public async Task BeginAsync(V1Pod pod, PodRuntime runtime, TimeSpan grace, CancellationToken ct)
    {
        if (Busy && grace >= _grace)
        {
            return;
        }

        if (_running is { } before)
        {
            await _cancel!.CancelAsync();
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _running = null;
            if (before.IsFaulted)
            {
                var cause = before.Exception!.InnerException!;
                throw new IOException($"its containers could not be stopped: {(cause as GrpcException)?.RpcText ?? cause.Message}", cause);
            }
        }

        _grace = grace;
        _cancel = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var stop = _cancel.Token;
        _running = Task.Run(
            async () =>
            {
                try
                {
                    await RunAsync(pod, runtime, grace, stop);
                }
                finally
                {
                    _ended();
                }
            },
            CancellationToken.None);
    }

    /// <summary>Lets the API forget a pod whose containers have ended; once.</summary>
    /// <exception cref="ApiException">The API refused.</exception>
    public async Task DeleteAsync(V1Pod pod, CancellationToken ct)
    {
        if (_deleted)
        {
            return;
        }

        var options = new V1DeleteOptions { GracePeriodSeconds = 0, Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid } };
        var result = await _parts.Api.DeleteAsync<V1Pod>(pod.Metadata.Namespace, pod.Metadata.Name, options, ct);
        if (result.Error is { IsNotFound: false, IsConflict: false } error)
        {
            throw new ApiException(error);
        }

        _deleted = true;
    }

    private async Task RunAsync(V1Pod pod, PodRuntime runtime, TimeSpan grace, CancellationToken ct)
    {
        var from = _parts.Clock.GetTimestamp();
        var address = (pod.Spec.HostNetwork ? _parts.Options.Addresses : runtime.Sandbox?.Addresses ?? []).FirstOrDefault("");
        var live = runtime.Containers.Where(c => c.Running || c.Phase == ContainerPhase.Unknown).ToList();
        var sidecars = pod.Spec.InitContainers.Where(PodSpecs.IsSidecar).Select(c => c.Name).ToList();

        // 1. All at once, but for the sidecars, which serve the others to the end.
        await Task.WhenAll(live.Where(c => !sidecars.Contains(c.Name, StringComparer.Ordinal)).Select(c => StopAsync(c, grace)));

        // 2. Sidecars, the last first.
        foreach (var container in live.Where(c => sidecars.Contains(c.Name, StringComparer.Ordinal)).OrderByDescending(c => sidecars.IndexOf(c.Name)))
        {
            var rest = grace - _parts.Clock.GetElapsedTime(from);
            await StopAsync(container, rest > Least ? rest : Least);
        }

        // 3. What they stood on.
        foreach (var sandbox in runtime.Sandboxes)
        {
            await _parts.Runtime.StopSandboxAsync(sandbox.Id, ct);
        }

        Task StopAsync(ContainerFact container, TimeSpan time) => _stop.DoAsync(pod, container, address, $"Stopping container {container.Name}", time, ct);
    }
}
