using Gantry.Api.Models;
using Gantry.Server.Admission.Matching;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission.Webhooks;

/// <summary>Asks the webhooks that only judge, all at once; the first refusal in their order counts.</summary>
internal sealed class ValidatingWebhooks : IValidatingAdmission
{
    private readonly WebhookDispatch _dispatch;
    private readonly WebhookSet _set;

    public ValidatingWebhooks(WebhookDispatch dispatch)
    {
        _dispatch = dispatch;
        _set = WebhookSet.Validating(dispatch.Objects);
    }

    public ValueTask<ApiStatus?> ValidateAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation) =>
        _set.Current is { Count: > 0 } hooks && !WebhookDispatch.IsExempt(request) ? JudgeAsync(hooks, request, value, cancellation) : default;

    private async ValueTask<ApiStatus?> JudgeAsync(IReadOnlyList<Webhook> hooks, AdmissionRequest request, IApiObject? value, CancellationToken cancellation)
    {
        var reviewed = new ReviewedObject(request, _dispatch.Resources, null, value);
        var asked = new List<(Webhook Hook, Invocation Shown)>();
        foreach (var hook in hooks)
        {
            var (shown, problem) = await _dispatch.AsksAsync(hook, request, reviewed, cancellation).ConfigureAwait(false);
            if (problem is not null)
            {
                return problem;
            }

            if (shown is { } invocation)
            {
                asked.Add((hook, invocation));
            }
        }

        if (asked.Count == 0)
        {
            return null;
        }

        // What several share is made before they run side by side.
        _ = (reviewed.Tree, reviewed.OldTree);
        var answers = await Task.WhenAll(asked.Select(a => _dispatch.AskAsync(a.Hook, request, a.Shown, reviewed, cancellation).AsTask())).ConfigureAwait(false);
        return answers.Select(a => a.Refusal).FirstOrDefault(r => r is not null);
    }
}
