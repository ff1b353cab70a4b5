using System.Text.Json;
using System.Threading.Channels;
using Gantry.Api.Models;
using Gantry.Client;
using Microsoft.Extensions.Logging;

namespace Gantry.Control;

/// <summary>Writes events through the API from a queue of its own; run it as a loop of the host.</summary>
public sealed class EventRecorder : IEventRecorder
{
    private readonly IApiWriter _api;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly EventCorrelator _correlator;
    private readonly Channel<Entry> _queue;

    public EventRecorder(IApiWriter api, EventOptions options, TimeProvider clock, ILogger log)
    {
        _api = api;
        _clock = clock;
        _log = log;
        _correlator = new EventCorrelator(options);
        _queue = Channel.CreateBounded<Entry>(new BoundedChannelOptions(options.Waiting) { FullMode = BoundedChannelFullMode.DropWrite });
    }

    public void Record(V1ObjectReference regarding, string type, string reason, string message) =>
        _queue.Writer.TryWrite(new Entry(regarding, type, reason, message, _clock.GetUtcNow()));

    /// <summary>Writes until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            var entry = await _queue.Reader.ReadAsync(ct).ConfigureAwait(false);
            try
            {
                await WriteAsync(entry, ct).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                throw;
            }
#pragma warning disable CA1031 // an event is never worth a fault
            catch (Exception broken)
#pragma warning restore CA1031
            {
                ControlLog.EventLost(_log, entry.Reason, entry.Regarding.Name, broken.Message);
            }
        }
    }

    private async ValueTask WriteAsync(Entry entry, CancellationToken ct)
    {
        var action = _correlator.Take(entry.Regarding, entry.Type, entry.Reason, entry.Message, entry.At);
        if (action is EventAction.Count count)
        {
            var patch = PatchBody.Write(PatchType.Merge, json => WriteCount(json, count));
            var patched = await _api.PatchAsync<CoreV1Event>(count.Namespace, count.Name, patch, ct: ct).ConfigureAwait(false);
            if (patched.Error is not { IsNotFound: true })
            {
                Report(entry, patched);
                return;
            }

            // Events expire; one that is gone is written again as a new one.
            _correlator.Forget(count.Namespace, count.Name);
            action = _correlator.Take(entry.Regarding, entry.Type, entry.Reason, entry.Message, entry.At);
        }

        if (action is EventAction.Write write)
        {
            Report(entry, await _api.CreateAsync(write.Event, ct).ConfigureAwait(false));
        }
    }

    private void Report(Entry entry, ApiResult<CoreV1Event> result)
    {
        if (result.Error is { } error)
        {
            ControlLog.EventLost(_log, entry.Reason, entry.Regarding.Name, error.Message);
        }
    }

    private static void WriteCount(Utf8JsonWriter json, EventAction.Count count)
    {
        json.WriteStartObject();
        json.WriteNumber("count", count.Times);
        json.WriteString("message", count.Message);
        json.WriteString("lastTimestamp", count.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    private sealed record Entry(V1ObjectReference Regarding, string Type, string Reason, string Message, DateTimeOffset At);
}
