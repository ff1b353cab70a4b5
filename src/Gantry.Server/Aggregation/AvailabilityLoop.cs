using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;
using Gantry.Server.Handling;
using Gantry.Server.Registry;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;
using Gantry.Server.Writing;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.Aggregation;

/// <summary>Keeps the Available condition of every APIService that leads to another server: at every change of what it depends on, and now and then.</summary>
internal sealed class AvailabilityLoop
{
    // A server that went away without a trace in any object is noticed within this time, and so is one that came back.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(5);

    private readonly ObjectRegistry _registry;
    private readonly ResourceTable _resources;
    private readonly ObjectWriter _writer;
    private readonly AggregatedApis _apis;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    public AvailabilityLoop(ObjectRegistry registry, ResourceTable resources, ObjectWriter writer, AggregatedApis apis, TimeProvider clock, ILogger log)
    {
        _registry = registry;
        _resources = resources;
        _writer = writer;
        _apis = apis;
        _clock = clock;
        _log = log;
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            // Taken before anything is looked at, so that nothing is missed in between.
            var changed = _registry.Require(V1APIService.Resource).Pulse;
            var moved = Task.WhenAny(_registry.Require(V1Service.Resource).Pulse, _registry.Require(V1Endpoints.Resource).Pulse);
            var remote = _registry.List<V1APIService>().Where(s => s.Spec.Service is not null).ToList();
            foreach (var service in remote)
            {
                await CheckAsync(service, cancellation).ConfigureAwait(false);
            }

            if (remote.Count == 0)
            {
                await changed.WaitAsync(cancellation).ConfigureAwait(false);
                continue;
            }

            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAny(changed, moved, Task.Delay(Pause, _clock, waiting.Token)).ConfigureAwait(false);
            await waiting.CancelAsync().ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private async ValueTask CheckAsync(V1APIService service, CancellationToken cancellation)
    {
        var reference = service.Spec.Service!;
        var found = AvailabilityRules.Judge(
            reference, _registry.Get<V1Service>(reference.Namespace, reference.Name), _registry.Get<V1Endpoints>(reference.Namespace, reference.Name));
        if (found is null)
        {
            using var limit = new CancellationTokenSource(ProbeLimit, _clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
            found = await _apis.ProbeAsync(service, either.Token).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
        }

        await WriteAsync(service, found ?? Availability.Passed, cancellation).ConfigureAwait(false);
    }

    private async ValueTask WriteAsync(V1APIService service, Availability found, CancellationToken cancellation)
    {
        var status = found.Available ? "True" : "False";
        var known = service.Status.Conditions.FirstOrDefault(c => c.Type == "Available");
        if (known is not null && known.Status == status && known.Reason == found.Reason && known.Message == found.Message)
        {
            return;
        }

        var scope = new WriteScope
        {
            Resource = _resources.Find(V1APIService.Resource.Group, "v1", V1APIService.Resource.Plural)!,
            User = UserInfo.Loopback,
            Name = service.Metadata.Name,
            Subresource = "status",
            FieldManager = "kube-apiserver",
        };
        var since = known?.Status == status && known.LastTransitionTime is { } before ? before : _clock.GetUtcNow();
        var outcome = await _writer.UpdateAsync(scope, (old, stored) => Changed(service, old, stored, found, since), cancellation).ConfigureAwait(false);
        if (outcome is WriteOutcome.Refused { Status: { Code: not (404 or 409) } refusal })
        {
            AggregationLog.StatusRefused(_log, service.Metadata.Name, refusal.Message);
        }
    }

    private static Proposal Changed(V1APIService service, TreeMap? old, StoredObject? stored, Availability found, DateTimeOffset since)
    {
        if (old is null || stored?.Uid != service.Metadata.Uid)
        {
            return ApiStatus.NotFound(V1APIService.Resource, service.Metadata.Name);
        }

        var condition = new TreeMap();
        condition["type"] = "Available";
        condition["status"] = found.Available ? "True" : "False";
        condition["lastTransitionTime"] = ApiTimes.Format(since);
        condition["reason"] = found.Reason;
        condition["message"] = found.Message;
        var status = old.Made("status");
        var others = (status.List("conditions") ?? new TreeList()).Where(c => c is not TreeMap map || map.Text("type") != "Available");
        status["conditions"] = new TreeList([.. others, condition]);
        return old;
    }
}
