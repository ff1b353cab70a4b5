using Gantry.Api;
using Gantry.Api.Defaults;
using Gantry.Api.Models;
using Gantry.Api.Patching;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;
using Gantry.Server.Writing;

namespace Gantry.Server.Admission.Webhooks;

/// <summary>Asks the webhooks that users configured: first those that may change an object, one after the other, later those that only judge, all at once.</summary>
internal sealed class WebhookAdmission : IMutatingAdmission, IValidatingAdmission
{
    private static readonly IReadOnlyDictionary<string, string> NoLabels = JsonModel.Empty<string>();

    private readonly IObjects _objects;
    private readonly WebhookCaller _caller;
    private readonly IIds _ids;

    public WebhookAdmission(IObjects objects, WebhookCaller caller, IIds ids)
    {
        _objects = objects;
        _caller = caller;
        _ids = ids;
    }

    public async ValueTask<ApiStatus?> MutateAsync(AdmissionRequest request, TreeMap value, CancellationToken cancellation)
    {
        var hooks = _objects.List<V1MutatingWebhookConfiguration>().SelectMany(c => c.Webhooks).Select(Webhook.Of).Where(h => WebhookRules.Names(h, request)).ToList();
        if (hooks.Count == 0)
        {
            return null;
        }

        var lastChange = -1;
        for (var i = 0; i < hooks.Count; i++)
        {
            var (changed, refusal) = await MutateAsync(hooks[i], request, value, cancellation).ConfigureAwait(false);
            if (refusal is not null)
            {
                return refusal;
            }

            lastChange = changed ? i : lastChange;
        }

        for (var i = 0; i < lastChange; i++)
        {
            if (hooks[i].WantsAnotherLook && (await MutateAsync(hooks[i], request, value, cancellation).ConfigureAwait(false)).Refusal is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    public async ValueTask<ApiStatus?> ValidateAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation)
    {
        var hooks = _objects.List<V1ValidatingWebhookConfiguration>().SelectMany(c => c.Webhooks).Select(Webhook.Of)
            .Where(h => WebhookRules.Names(h, request) && Chooses(h, request, value?.Metadata.Labels)).ToList();
        if (hooks.Count == 0)
        {
            return null;
        }

        var json = value is null ? null : ApiJson.Encode(value);
        var answers = await Task.WhenAll(hooks.Select(h => AskAsync(h, request, json, cancellation).AsTask())).ConfigureAwait(false);
        return answers.Select(a => a.Refusal).FirstOrDefault(r => r is not null);
    }

    private async ValueTask<(bool Changed, ApiStatus? Refusal)> MutateAsync(Webhook hook, AdmissionRequest request, TreeMap value, CancellationToken cancellation)
    {
        var labels = value.Map("metadata")?.Map("labels")?.Where(l => l.Value is TreeString).ToDictionary(l => l.Key, l => ((TreeString)l.Value).Value, StringComparer.Ordinal);
        if (!Chooses(hook, request, labels))
        {
            return (false, null);
        }

        var schema = request.Type.Schema;
        var (verdict, refusal) = await AskAsync(hook, request, TreeEncoder.Encode(schema, value), cancellation).ConfigureAwait(false);
        if (verdict?.Patch is not { } patch)
        {
            return (false, refusal);
        }

        if (Patched(value, patch) is not { } patched)
        {
            return (false, hook.MayFail ? null : ApiStatus.Internal($"failed calling webhook \"{hook.Name}\": the patch it returned cannot be applied"));
        }

        var result = TreeDecoder.Decode(schema, patched, FieldValidation.Ignore);
        if (result.Object is not { } changed)
        {
            return (false, ApiStatus.Internal($"failed calling webhook \"{hook.Name}\": {result.Error}"));
        }

        changed = Defaulter.Apply(schema, changed);
        KindDefaults.Apply(request.Type, changed);
        foreach (var key in value.Keys.ToList())
        {
            value.Remove(key);
        }

        foreach (var (key, item) in changed)
        {
            value[key] = item;
        }

        return (true, null);
    }

    private static Tree? Patched(TreeMap value, byte[] patch)
    {
        try
        {
            return (JsonPatch.Apply(value, TreeJson.Parse(patch)) as PatchResult.Patched)?.Value;
        }
        catch (TreeException)
        {
            return null;
        }
    }

    private async ValueTask<(Verdict? Verdict, ApiStatus? Refusal)> AskAsync(Webhook hook, AdmissionRequest request, byte[]? value, CancellationToken cancellation)
    {
        if (request.DryRun && !hook.AllowsDryRun)
        {
            return (null, ApiStatus.BadRequest($"admission webhook \"{hook.Name}\" does not support dry run"));
        }

        var uid = _ids.NewId().ToString("D");
        var (answer, problem) = await _caller.PostAsync(hook, Review.Question(uid, request, value), cancellation).ConfigureAwait(false);
        Verdict? verdict = null;
        if (answer is not null)
        {
            (verdict, problem) = Review.Answer(answer, uid);
        }

        if (verdict is null)
        {
            return (null, hook.MayFail ? null : ApiStatus.Internal($"failed calling webhook \"{hook.Name}\": failed to call webhook: {problem}"));
        }

        foreach (var warning in verdict.Warnings)
        {
            request.Warn(warning);
        }

        return verdict.Allowed ? (verdict, null) : (null, Denied(hook, verdict.Status));
    }

    private static ApiStatus Denied(Webhook hook, V1Status? status)
    {
        var words = $"admission webhook \"{hook.Name}\" denied the request";
        var why = status is null ? " without explanation"
            : status.Message.Length > 0 ? ": " + status.Message
            : status.Reason.Length > 0 ? ": " + status.Reason
            : " without explanation";
        return new ApiStatus { Code = status?.Code is >= 400 and var code ? code : 400, Reason = status?.Reason ?? "", Message = words + why };
    }

    private bool Chooses(Webhook hook, AdmissionRequest request, IReadOnlyDictionary<string, string>? labels)
    {
        var own = labels ?? NoLabels;
        var before = request.Old?.Metadata.Labels;
        if (!(request.Operation != AdmissionOperation.Delete && WebhookRules.Selects(hook.Objects, own))
            && !(before is not null && WebhookRules.Selects(hook.Objects, before)))
        {
            return false;
        }

        // A namespace is judged by its own labels; what is in none is in all.
        var around = request.IsOf("", "namespaces") ? request.Operation == AdmissionOperation.Delete ? before ?? NoLabels : own
            : request.Namespace.Length > 0 ? _objects.Get<V1Namespace>("", request.Namespace)?.Metadata.Labels ?? NoLabels
            : null;
        return around is null || WebhookRules.Selects(hook.Namespaces, around);
    }
}
