using Gantry.Api.Models;
using Gantry.Server.Admission.Matching;
using Gantry.Server.Admission.Policies;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;
using Gantry.Server.Writing;

namespace Gantry.Server.Admission.Webhooks;

/// <summary>What is the same for webhooks of both sorts: whether one is to be asked, how it is asked, and what its answer means.</summary>
internal sealed class WebhookDispatch
{
    private readonly WebhookCaller _caller;
    private readonly IIds _ids;
    private readonly WebhookCycles _cycles;
    private readonly IAuthorizer _authorizer;
    private readonly AdmissionFigures _figures;
    private readonly TimeProvider _clock;

    public WebhookDispatch(
        IObjects objects, ResourceTable resources, WebhookCaller caller, WebhookCycles cycles, IAuthorizer authorizer, IIds ids, AdmissionFigures figures, TimeProvider clock)
    {
        _figures = figures;
        _clock = clock;
        Objects = objects;
        Resources = resources;
        _caller = caller;
        _cycles = cycles;
        _authorizer = authorizer;
        _ids = ids;
    }

    public IObjects Objects { get; }

    public ResourceTable Resources { get; }

    /// <summary>Nobody must be able to lock everybody out of the configuration of webhooks and policies.</summary>
    public static bool IsExempt(AdmissionRequest request) => request.Type is { Group: "admissionregistration.k8s.io" };

    /// <summary>Whether a webhook is to be asked.</summary>
    /// <returns>As what the request is shown to it, or null; or why nobody can tell.</returns>
    public async ValueTask<(Invocation? Shown, ApiStatus? Problem)> AsksAsync(Webhook hook, AdmissionRequest request, ReviewedObject value, CancellationToken cancellation)
    {
        var (around, problem) = Selectors.SelectsNamespace(hook.Namespaces, request, value, Objects);
        if ((!around && problem is null) || !Selectors.SelectsObject(hook.Objects, value))
        {
            return (null, null);
        }

        if (Invocation.Find(hook.Rules, hook.Equivalent, request, Resources) is not { } shown)
        {
            return (null, null);
        }

        if (problem is not null || hook.Conditions.Count == 0)
        {
            return (shown, problem);
        }

        return await value.ReadyAsync(shown.Kind, cancellation).ConfigureAwait(false) is { } hidden ? (null, hidden)
            : await MeetsAsync(hook, request, shown, value, cancellation).ConfigureAwait(false);
    }

    /// <summary>Asks a webhook.</summary>
    /// <returns>
    /// The verdict when it allows; a refusal when it denies, or fails and may not; and nothing of both when it failed and may, or must, be passed over.
    /// </returns>
    public async ValueTask<(Verdict? Verdict, ApiStatus? Refusal)> AskAsync(
        Webhook hook, AdmissionRequest request, Invocation shown, ReviewedObject value, CancellationToken cancellation)
    {
        if (request.DryRun && !hook.AllowsDryRun)
        {
            Count(hook, request, "apiserver_internal_error", 0, _clock.GetTimestamp());
            return (null, ApiStatus.BadRequest($"admission webhook \"{hook.Name}\" does not support dry run"));
        }

        if (await _cycles.BreaksAsync(hook, request, value, cancellation).ConfigureAwait(false))
        {
            return (null, null);
        }

        var start = _clock.GetTimestamp();
        var (verdict, problem) = await CallAsync(hook, request, shown, value, cancellation).ConfigureAwait(false);
        if (verdict is null)
        {
            Count(hook, request, hook.MayFail ? null : "calling_webhook_error", 503, start);
            return (null, Failed(hook, request, problem!));
        }

        foreach (var (key, text) in verdict.Annotations)
        {
            _ = request.Audit?.Annotate(hook.Name + "/" + key, text);
        }

        foreach (var warning in verdict.Warnings)
        {
            request.Warn(warning);
        }

        var denied = verdict.Allowed ? null : Denied(hook, verdict.Status);
        Count(hook, request, denied is null ? null : "no_error", denied?.Code ?? 200, start);
        return denied is null ? (verdict, null) : (null, denied);
    }

    /// <summary>What the failure of a webhook means: nothing, when its policy says so.</summary>
    public ApiStatus? Failed(Webhook hook, AdmissionRequest request, string problem)
    {
        if (!hook.MayFail)
        {
            return ApiStatus.Internal($"failed calling webhook \"{hook.Name}\": {problem}");
        }

        _figures.FailedOpen(hook.Name, hook.Mutates);
        var round = request.Rounds is { Second: true } ? 1 : 0;
        var sort = hook.Mutates ? "mutation" : "validating";
        _ = request.Audit?.Annotate($"failed-open.{sort}.webhook.admission.k8s.io/round_{round}_index_{hook.Index}", hook.Name);
        return null;
    }

    // Without an error the request goes on.
    private void Count(Webhook hook, AdmissionRequest request, string? error, int code, long start)
    {
        _figures.Webhook(hook.Name, hook.Mutates, request, code, error is not null, _clock.GetElapsedTime(start));
        if (error is not null)
        {
            _figures.Rejection(hook.Name, hook.Mutates, request, error, code);
        }
    }

    private async ValueTask<(Invocation? Shown, ApiStatus? Problem)> MeetsAsync(
        Webhook hook, AdmissionRequest request, Invocation shown, ReviewedObject value, CancellationToken cancellation)
    {
        var start = _clock.GetTimestamp();
        var authorizer = new PolicyAuthorizer(_authorizer, request.User, cancellation);
        var facts = new PolicyFacts(request, shown, value, null, authorizer);
        bool match;
        string? error;
        do
        {
            (match, error) = MatchConditions.Check(hook.Conditions, new PolicyScope(facts, null, authorizes: true, [], cancellation), hook.MayFail, cancellation);
        }
        while (await authorizer.SettleAsync().ConfigureAwait(false));

        _figures.Conditions(hook.Name, "webhook", AdmissionFigures.HookSort(hook.Mutates), request, (match, error), _clock.GetElapsedTime(start));
        return error is not null ? (null, ApiStatus.Forbidden(request.Type, request.Name, error)) : match ? (shown, null) : (null, null);
    }

    private async ValueTask<(Verdict? Verdict, string? Problem)> CallAsync(
        Webhook hook, AdmissionRequest request, Invocation shown, ReviewedObject value, CancellationToken cancellation)
    {
        if (hook.Review is not { } version)
        {
            return (null, "could not create admission objects: webhook does not accept known AdmissionReview versions (v1, v1beta1)");
        }

        if (await value.ReadyAsync(shown.Kind, cancellation).ConfigureAwait(false) is { } hidden)
        {
            return (null, hidden.Message);
        }

        var uid = _ids.NewId().ToString("D");
        var (answer, problem) = await _caller.PostAsync(hook, Review.Question(version, uid, request, shown, value), cancellation).ConfigureAwait(false);
        return answer is null ? (null, "failed to call webhook: " + problem) : Review.Answer(answer, version, uid, hook.Mutates);
    }

    private static ApiStatus Denied(Webhook hook, V1Status? status)
    {
        var words = $"admission webhook \"{hook.Name}\" denied the request";
        var why = status is null ? " without explanation"
            : status.Message.Length > 0 ? ": " + status.Message
            : status.Reason.Length > 0 ? ": " + status.Reason
            : " without explanation";
        return new ApiStatus
        {
            Code = status?.Code is >= 400 and var code ? code : 400,
            Reason = status?.Reason ?? "",
            Message = words + why,
            Details = status?.Details is not { } details ? null : new StatusDetails
            {
                Name = details.Name,
                Group = details.Group,
                Kind = details.Kind,
                Uid = details.Uid,
                Causes = [.. details.Causes.Select(c => new StatusCause(c.Reason, c.Message, c.Field))],
                RetryAfterSeconds = details.RetryAfterSeconds,
            },
        };
    }
}
