using System.Text;
using Gantry.Api.Models;
using Gantry.Api.Patching;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Admission.Matching;
using Gantry.Server.Audit;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;
using Gantry.Server.Writing;

namespace Gantry.Server.Admission.Webhooks;

/// <summary>Asks the webhooks that may change an object, one after the other, each seeing what the one before made of it.</summary>
internal sealed class MutatingWebhooks : IMutatingAdmission, IObjectlessAdmission
{
    private readonly WebhookDispatch _dispatch;
    private readonly WebhookSet _set;

    public MutatingWebhooks(WebhookDispatch dispatch)
    {
        _dispatch = dispatch;
        _set = WebhookSet.Mutating(dispatch.Objects);
    }

    public ValueTask<ApiStatus?> MutateAsync(AdmissionRequest request, TreeMap value, CancellationToken cancellation) =>
        _set.Current is { Count: > 0 } hooks && !WebhookDispatch.IsExempt(request) ? AskAllAsync(hooks, request, value, cancellation) : default;

    public ValueTask<ApiStatus?> AdmitAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation) =>
        _set.Current is { Count: > 0 } hooks && !WebhookDispatch.IsExempt(request) ? AskAllAsync(hooks, request, value, cancellation) : default;

    private async ValueTask<ApiStatus?> AskAllAsync(IReadOnlyList<Webhook> hooks, AdmissionRequest request, TreeMap value, CancellationToken cancellation)
    {
        var rounds = request.Rounds ??= new AdmissionRounds();
        if (rounds.Second && rounds.Left is { } left && !left.Equals(value))
        {
            // The plugins between the rounds have changed it.
            rounds.Changed();
        }

        foreach (var hook in hooks)
        {
            var reviewed = new ReviewedObject(request, _dispatch.Resources, value, null);
            var (shown, problem) = await _dispatch.AsksAsync(hook, request, reviewed, cancellation).ConfigureAwait(false);
            if (problem is not null)
            {
                return problem;
            }

            // Who had nothing to say in the first round is not asked for the first time in the second.
            if (shown is not { } invocation || (rounds.Second && !rounds.LooksAgain(hook.Key)))
            {
                continue;
            }

            var (changed, refusal) = await AskAsync(hook, request, invocation, reviewed, value, cancellation).ConfigureAwait(false);
            Note(hook, request, changed);
            if (refusal is not null)
            {
                return refusal;
            }

            if (changed)
            {
                rounds.Changed();
                rounds.WantSecond();
            }

            if (hook.WantsAnotherLook)
            {
                rounds.Seen(hook.Key);
            }
        }

        rounds.Left = (TreeMap)value.DeepClone();
        return null;
    }

    private async ValueTask<ApiStatus?> AskAllAsync(IReadOnlyList<Webhook> hooks, AdmissionRequest request, IApiObject? value, CancellationToken cancellation)
    {
        var reviewed = new ReviewedObject(request, _dispatch.Resources, null, value);
        foreach (var hook in hooks)
        {
            var (shown, problem) = await _dispatch.AsksAsync(hook, request, reviewed, cancellation).ConfigureAwait(false);
            if (problem is not null)
            {
                return problem;
            }

            if (shown is not { } invocation)
            {
                continue;
            }

            var (verdict, refusal) = await _dispatch.AskAsync(hook, request, invocation, reviewed, cancellation).ConfigureAwait(false);
            if (refusal is not null)
            {
                return refusal;
            }

            if (verdict?.Patch is not null && value is null)
            {
                return ApiStatus.Internal($"admission webhook \"{hook.Name}\" attempted to modify the object, which is not supported for this operation");
            }
        }

        return null;
    }

    private async ValueTask<(bool Changed, ApiStatus? Refusal)> AskAsync(
        Webhook hook, AdmissionRequest request, Invocation shown, ReviewedObject reviewed, TreeMap value, CancellationToken cancellation)
    {
        var (verdict, refusal) = await _dispatch.AskAsync(hook, request, shown, reviewed, cancellation).ConfigureAwait(false);
        if (verdict?.Patch is not { } patch)
        {
            return (false, refusal);
        }

        Tree operations;
        try
        {
            operations = TreeJson.Parse(patch);
        }
        catch (TreeException e)
        {
            return (false, _dispatch.Failed(hook, request, "received undecodable patch in webhook response: " + e.Message));
        }

        var before = reviewed.In(shown.Kind)!;
        switch (JsonPatch.Apply(before, operations))
        {
            case PatchResult.Patched { Value: var patched }:
                NotePatch(hook, request, patch);
                return await TakeAsync(request, shown, reviewed, before, patched, value, cancellation).ConfigureAwait(false);
            case PatchResult.Refused refused:
                return (false, ApiStatus.Internal(refused.Message));
            default:
                throw new InvalidOperationException("an unknown result of a patch");
        }
    }

    // What a patch made counts as if it had been sent: decoded, defaulted, and in the version of the request.
    private async ValueTask<(bool Changed, ApiStatus? Refusal)> TakeAsync(
        AdmissionRequest request, Invocation shown, ReviewedObject reviewed, TreeMap before, Tree patched, TreeMap value, CancellationToken cancellation)
    {
        var schema = shown.Kind.Schema;
        var result = TreeDecoder.Decode(schema, patched, FieldValidation.Ignore);
        if (result.Object is not { } made)
        {
            return (false, ApiStatus.Internal(result.Error ?? "the patched object cannot be decoded"));
        }

        if (Canonical.Of(schema, made).Equals(Canonical.Of(schema, before)))
        {
            return (false, null);
        }

        if (request.View is { } view)
        {
            view.Take(value, made);
            return (true, null);
        }

        var type = shown.Kind;
        if (_dispatch.Resources.Find(type.Group, type.Version, type.Plural) is { } served && ReferenceEquals(served.Type, type))
        {
            made = ObjectWriter.Default(served, made);
        }

        var (back, lost) = await reviewed.BackAsync(made, type, cancellation).ConfigureAwait(false);
        if (back is null)
        {
            return (false, lost);
        }

        foreach (var key in value.Keys.ToList())
        {
            value.Remove(key);
        }

        foreach (var (key, item) in back)
        {
            value[key] = item;
        }

        return (true, null);
    }

    private static void Note(Webhook hook, AdmissionRequest request, bool changed)
    {
        if (request.Audit is { } audit && audit.Shows(AuditLevel.Metadata))
        {
            var note = new TreeMap { ["configuration"] = hook.Configuration.Name, ["webhook"] = hook.Name, ["mutated"] = changed };
            _ = audit.Annotate(Key("mutation", hook, request), TreeJson.WriteText(note));
        }
    }

    private static void NotePatch(Webhook hook, AdmissionRequest request, byte[] patch)
    {
        if (request.Audit is { } audit && audit.Shows(AuditLevel.Request))
        {
            var note = new TreeMap
            {
                ["configuration"] = hook.Configuration.Name, ["webhook"] = hook.Name, ["patch"] = TreeJson.Parse(Encoding.UTF8.GetString(patch)), ["patchType"] = "JSONPatch",
            };
            _ = audit.Annotate(Key("patch", hook, request), TreeJson.WriteText(note), AuditLevel.Request);
        }
    }

    private static string Key(string sort, Webhook hook, AdmissionRequest request) =>
        $"{sort}.webhook.admission.k8s.io/round_{(request.Rounds is { Second: true } ? 1 : 0)}_index_{hook.Index}";
}
