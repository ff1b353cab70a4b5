using System.Collections.Concurrent;
using Gantry.Api.Models;
using Gantry.Server.Admission.Matching;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Writing;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.Admission.Webhooks;

/// <summary>
/// Notices when a webhook that must not fail would be asked about the very pods that are to answer for it, while none of them is ready: then nobody could
/// ever answer, and the cluster would stand still. Such requests go on unasked, and the configuration gets an event that says so.
/// </summary>
internal sealed class WebhookCycles
{
    // A cycle that goes on is told of again, but not with every pod.
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(5);

    private readonly IObjects _objects;
    private readonly Func<CoreV1Event, CancellationToken, ValueTask<WriteOutcome>> _tell;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<string, DateTimeOffset> _told = new(StringComparer.Ordinal);

    /// <param name="objects">Finds services, their endpoints and pods.</param>
    /// <param name="tell">Writes an event past the webhooks, which would stop it as well.</param>
    /// <param name="clock">Tells when to speak again.</param>
    /// <param name="log">Where cycles are told of as well.</param>
    public WebhookCycles(IObjects objects, Func<CoreV1Event, CancellationToken, ValueTask<WriteOutcome>> tell, TimeProvider clock, ILogger log)
    {
        _objects = objects;
        _tell = tell;
        _clock = clock;
        _log = log;
    }

    /// <summary>Whether asking could never be answered before the request has gone through.</summary>
    public async ValueTask<bool> BreaksAsync(Webhook hook, AdmissionRequest request, ReviewedObject value, CancellationToken cancellation)
    {
        if (hook.MayFail || hook.Client.Service is not { } at || request.Namespace != at.Namespace || !IsNeeded(at, request, value) || IsReady(at))
        {
            return false;
        }

        await TellAsync(hook, at, request, cancellation).ConfigureAwait(false);
        return true;
    }

    // The pods behind the service, whatever is done to bring them up, and the record of which of them are ready.
    private bool IsNeeded(AdmissionregistrationV1ServiceReference at, AdmissionRequest request, ReviewedObject value) => request.Type switch
    {
        { Group: "", Plural: "pods" } => _objects.Get<V1Service>(at.Namespace, at.Name) is { Spec.Selector: { Count: > 0 } selector }
            && PodLabels(request, value) is { } labels && selector.All(s => labels.GetValueOrDefault(s.Key) == s.Value),
        { Group: "", Plural: "endpoints" } => request.Name == at.Name,
        { Group: "discovery.k8s.io", Plural: "endpointslices" } => (value.Labels ?? value.OldLabels)?.GetValueOrDefault("kubernetes.io/service-name") == at.Name,
        _ => false,
    };

    // A Binding has not the labels of the pod that it binds.
    private IReadOnlyDictionary<string, string>? PodLabels(AdmissionRequest request, ReviewedObject value) =>
        request.Kind is null && value.Labels is { } labels ? labels : (request.Old ?? _objects.Get<V1Pod>(request.Namespace, request.Name))?.Metadata.Labels;

    private bool IsReady(AdmissionregistrationV1ServiceReference at) =>
        _objects.Get<V1Endpoints>(at.Namespace, at.Name)?.Subsets.Any(s => s.Addresses.Count > 0) == true
        || _objects.List<V1EndpointSlice>(at.Namespace).Any(s =>
            s.Metadata.Labels.GetValueOrDefault("kubernetes.io/service-name") == at.Name && s.Endpoints.Any(e => e.Conditions?.Ready != false && e.Addresses.Count > 0));

    private async ValueTask TellAsync(Webhook hook, AdmissionregistrationV1ServiceReference at, AdmissionRequest request, CancellationToken cancellation)
    {
        var now = _clock.GetUtcNow();
        var last = _told.GetOrAdd(hook.Key, DateTimeOffset.MinValue);
        if (now - last < Silence || !_told.TryUpdate(hook.Key, now, last))
        {
            return;
        }

        var kind = hook.Mutates ? "MutatingWebhookConfiguration" : "ValidatingWebhookConfiguration";
        var message = $"webhook \"{hook.Name}\" with failurePolicy Fail would be asked about {request.Type.Plural} of its own backend, service {at.Namespace}/{at.Name}, "
            + "which has no ready endpoint: these requests go on without it. Exclude the backend by a namespaceSelector or objectSelector";
        WebhookLog.Cycle(_log, kind, hook.Configuration.Name, message);
        if (request.DryRun)
        {
            return;
        }

        var told = await _tell(
            new CoreV1Event
            {
                Metadata = new V1ObjectMeta { GenerateName = hook.Configuration.Name + "-", Namespace = "default" },
                InvolvedObject = new V1ObjectReference
                {
                    ApiVersion = "admissionregistration.k8s.io/v1", Kind = kind, Name = hook.Configuration.Name, Uid = hook.Configuration.Uid,
                },
                Reason = "WebhookCycle",
                Message = message,
                Type = "Warning",
                Source = new V1EventSource { Component = "gantry-apiserver" },
                FirstTimestamp = now,
                LastTimestamp = now,
                Count = 1,
                ReportingComponent = "gantry-apiserver",
            },
            cancellation).ConfigureAwait(false);
        if (told is WriteOutcome.Refused { Status: var refusal })
        {
            WebhookLog.Untold(_log, hook.Configuration.Name, refusal.Message);
        }
    }
}
