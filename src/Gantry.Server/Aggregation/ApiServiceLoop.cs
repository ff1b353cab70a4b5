using System.Globalization;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Client;
using Gantry.Server.CustomResources;
using Gantry.Server.Defaulting;
using Gantry.Server.Handling;
using Gantry.Server.Registry;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;
using Gantry.Server.Writing;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.Aggregation;

/// <summary>
/// Keeps an APIService for every group and version of custom resources, and the Available condition of them all: at every change of what it
/// depends on and, where other servers are involved, now and then.
/// </summary>
internal sealed class ApiServiceLoop
{
    // A server that went away without a trace in any object is noticed within this time, and so is one that came back.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(5);

    private readonly ObjectRegistry _registry;
    private readonly ResourceTable _resources;
    private readonly ObjectWriter _writer;
    private readonly IApiWriter _client;
    private readonly AggregatedApis _apis;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    public ApiServiceLoop(
        ObjectRegistry registry, ResourceTable resources, ObjectWriter writer, IApiWriter client, AggregatedApis apis, TimeProvider clock, ILogger log)
    {
        _client = client;
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
            var changed = Task.WhenAny(_registry.Require(V1APIService.Resource).Pulse, _registry.Require(V1CustomResourceDefinition.Resource).Pulse);
            var moved = Task.WhenAny(_registry.Require(V1Service.Resource).Pulse, _registry.Require(V1Endpoints.Resource).Pulse);
            await RegisterAsync(cancellation).ConfigureAwait(false);
            var all = _registry.List<V1APIService>().ToList();
            // Together: one server that does not answer must not hold up what is known of the others.
            await Task.WhenAll(all.Select(s => CheckAsync(s, cancellation).AsTask())).ConfigureAwait(false);

            if (all.All(s => s.Spec.Service is null))
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

    private async ValueTask RegisterAsync(CancellationToken cancellation)
    {
        var plan = CustomRegistrations.Plan(
            [.. _registry.Require(V1CustomResourceDefinition.Resource).Snapshot.Objects.Select(DefinitionFacts.Of)], [.. _registry.List<V1APIService>()]);
        foreach (var missing in plan.Missing)
        {
            var made = await _client.CreateAsync(missing, cancellation).ConfigureAwait(false);
            if (made.Error is { IsAlreadyExists: false } error)
            {
                AggregationLog.RegistrationRefused(_log, missing.Metadata.Name, error.Message);
            }
        }

        foreach (var changed in plan.Changed)
        {
            var put = await _client.UpdateAsync(changed, "", cancellation).ConfigureAwait(false);
            if (put.Error is { IsNotFound: false, IsConflict: false } error)
            {
                AggregationLog.RegistrationRefused(_log, changed.Metadata.Name, error.Message);
            }
        }

        foreach (var name in plan.Surplus)
        {
            var gone = await _client.DeleteAsync<V1APIService>("", name, null, cancellation).ConfigureAwait(false);
            if (gone.Error is { IsNotFound: false } error)
            {
                AggregationLog.RegistrationRefused(_log, name, error.Message);
            }
        }
    }

    private async ValueTask CheckAsync(V1APIService service, CancellationToken cancellation)
    {
        if (service.Spec.Service is not { } reference)
        {
            await WriteAsync(service, Availability.Local, cancellation).ConfigureAwait(false);
            return;
        }

        var found = AvailabilityRules.Judge(
            reference, _registry.Get<V1Service>(reference.Namespace, reference.Name), _registry.Get<V1Endpoints>(reference.Namespace, reference.Name));
        if (found is null)
        {
            using var limit = new CancellationTokenSource(ProbeLimit, _clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
            var address = string.Create(
                CultureInfo.InvariantCulture, $"{_registry.Get<V1Service>(reference.Namespace, reference.Name)?.Spec.ClusterIP}:{reference.Port ?? 443}");
            found = await _apis.ProbeAsync(service, address, either.Token).ConfigureAwait(false);
            if (found is null)
            {
                await _apis.DescribeAsync(service, either.Token).ConfigureAwait(false);
            }

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
        if (!found.Available && known?.Status == "True")
        {
            _apis.Figures.Lost(service.Metadata.Name, found.Reason);
        }

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
