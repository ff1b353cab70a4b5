using Gantry.Api.Models;
using Gantry.Client;
using Microsoft.Extensions.Logging;

namespace Gantry.Node.Pods;

/// <summary>
/// Writes one pod's status: the newest wins, one write at a time, nothing when nothing changed. The pod's worker offers and goes on.
/// </summary>
public sealed class PodStatusWriter
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly IApiWriter _api;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private V1Pod _known;
    private V1PodStatus? _wanted;
    private Task _writing = Task.CompletedTask;

    public PodStatusWriter(IApiWriter api, V1Pod pod, TimeProvider clock, ILogger log)
    {
        _api = api;
        _known = pod;
        _clock = clock;
        _log = log;
    }

    /// <summary>The pod with the newest status the API is known to have: the one seen, or the one written last.</summary>
    public V1Pod Latest(V1Pod seen)
    {
        lock (_lock)
        {
            if (Revisions.Parse(seen.Metadata.ResourceVersion) >= Revisions.Parse(_known.Metadata.ResourceVersion))
            {
                _known = seen;
                return seen;
            }

            return seen with { Status = _known.Status };
        }
    }

    public void Offer(V1PodStatus status, CancellationToken ct)
    {
        lock (_lock)
        {
            if (_wanted is null && status.Equals(_known.Status))
            {
                return;
            }

            _wanted = status;
            if (_writing.IsCompleted)
            {
                _writing = Task.Run(() => WriteAsync(ct), CancellationToken.None);
            }
        }
    }

    /// <summary>Completes when all that was offered is written, or the pod turned out to be gone.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        while (true)
        {
            Task writing;
            lock (_lock)
            {
                if (_wanted is null && _writing.IsCompleted)
                {
                    return;
                }

                writing = _writing;
            }

            await writing.WaitAsync(ct);
        }
    }

    private async Task WriteAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            V1Pod known;
            V1PodStatus wanted;
            lock (_lock)
            {
                known = _known;
                if (_wanted is null)
                {
                    return;
                }

                wanted = _wanted;
            }

            var failed = PodStatusPatch.Between(known.Metadata.Uid, known.Status, wanted) is { } patch && !await PatchAsync(known, patch, ct);
            lock (_lock)
            {
                if (!failed && ReferenceEquals(_wanted, wanted))
                {
                    _wanted = null;
                    return;
                }
            }

            if (failed)
            {
                await Task.Delay(Pause, _clock, ct);
            }
        }
    }

    // False: worth another try.
    private async Task<bool> PatchAsync(V1Pod known, PatchBody patch, CancellationToken ct)
    {
        string why;
        try
        {
            var result = await _api.PatchAsync<V1Pod>(known.Metadata.Namespace, known.Metadata.Name, patch, "status", ct);
            if (result.Ok)
            {
                if (result.Value is { } written)
                {
                    Latest(written);
                }

                return true;
            }

            if (result.Error.IsNotFound || result.Error.IsConflict)
            {
                // Gone, or replaced by another pod of the name: the watch tells.
                return true;
            }

            why = result.Error.Message;
        }
#pragma warning disable CA1031 // whatever kept the status from being written, it must be written
        catch (Exception broken) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            why = broken.Message;
        }

        NodeLog.StatusRefused(_log, ObjectKey.Of(known).ToString(), why);
        return false;
    }
}
