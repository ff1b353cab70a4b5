using System.Text;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Admission.Matching;
using Gantry.Server.Admission.Webhooks;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;
using Gantry.Server.Writing;

namespace Gantry.Server.Admission.Policies;

/// <summary>Asks every ValidatingAdmissionPolicy that is bound to a request; the first denial is the answer.</summary>
internal sealed class PolicyAdmission : IValidatingAdmission
{
    private const int LongestAnnotation = 10 * 1024;

    private readonly IObjects _objects;
    private readonly ResourceTable _resources;
    private readonly IAuthorizer _authorizer;
    private readonly PolicySet _set;

    private readonly AdmissionFigures _figures;
    private readonly TimeProvider _clock;

    public PolicyAdmission(IObjects objects, ResourceTable resources, IAuthorizer authorizer, AdmissionFigures figures, TimeProvider clock)
    {
        _figures = figures;
        _clock = clock;
        _objects = objects;
        _resources = resources;
        _authorizer = authorizer;
        _set = new PolicySet(objects, took => figures.Compiled(took), clock);
    }

    public ValueTask<ApiStatus?> ValidateAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation) =>
        _set.Current is { Count: > 0 } bound && !WebhookDispatch.IsExempt(request) ? CheckAsync(bound, request, value, cancellation) : default;

    private async ValueTask<ApiStatus?> CheckAsync(
        IReadOnlyList<(CompiledPolicy Policy, IReadOnlyList<CompiledBinding> Bindings)> bound, AdmissionRequest request, IApiObject? value, CancellationToken cancellation)
    {
        var reviewed = new ReviewedObject(request, _resources, null, value);
        var authorizer = new PolicyAuthorizer(_authorizer, request.User, cancellation);
        var denials = new List<Denial>();
        foreach (var (policy, bindings) in bound)
        {
            var (shown, problem) = policy.Match?.Find(request, reviewed, _objects, _resources) ?? (null, null);
            if (problem is not null)
            {
                Misconfigured(denials, policy, null, problem.Message);
            }
            else if (shown is { } other && await reviewed.ReadyAsync(other.Kind, cancellation).ConfigureAwait(false) is { } hidden)
            {
                Misconfigured(denials, policy, null, "failed to convert object version: " + hidden.Message);
            }
            else if (shown is { } invocation)
            {
                await AskAsync(denials, policy, bindings, new Question(request, invocation, reviewed, authorizer), cancellation).ConfigureAwait(false);
            }
        }

        return denials.Count == 0 ? null : Refusal(request, value, denials[0]);
    }

    private async ValueTask AskAsync(
        List<Denial> denials, CompiledPolicy policy, IReadOnlyList<CompiledBinding> bindings, Question question, CancellationToken cancellation)
    {
        var kind = policy.Policy.Spec.ParamKind;
        var resource = kind is null ? null : PolicyParameters.ResourceOf(kind, _resources);
        if (kind is not null && resource is null)
        {
            Misconfigured(denials, policy, null, PolicyParameters.Unknown(kind));
            return;
        }

        var request = question.Request;
        var ns = request.Namespace.Length > 0 && !ReferenceEquals(request.Type, V1Namespace.Resource) ? _objects.Get<V1Namespace>("", request.Namespace) : null;
        var facts = new PolicyFacts(request, question.Shown, question.Reviewed, ns, question.Authorizer);
        var annotations = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var binding in bindings)
        {
            var (matched, problem) = binding.Match is null ? (question.Shown, null) : binding.Match.Find(request, question.Reviewed, _objects, _resources);
            if (problem is not null)
            {
                Misconfigured(denials, policy, binding, problem.Message);
            }
            else if (matched is not null)
            {
                var (parameters, missing) = await PolicyParameters.FindAsync(resource, binding.Binding.Spec.ParamRef, request, cancellation).ConfigureAwait(false);
                if (missing is not null)
                {
                    Misconfigured(denials, policy, binding, missing);
                }

                foreach (var parameter in parameters)
                {
                    var start = _clock.GetTimestamp();
                    PolicyVerdict verdict;
                    do
                    {
                        verdict = PolicyEvaluation.Evaluate(policy, facts, parameter, cancellation);
                    }
                    while (await question.Authorizer.SettleAsync().ConfigureAwait(false));

                    var took = _clock.GetElapsedTime(start);
                    _figures.Evaluated(took);
                    Count(policy, binding, request, verdict, took);
                    Act(denials, policy, binding, request, verdict);
                    Collect(annotations, verdict.Annotations);
                }
            }
        }

        foreach (var (key, values) in annotations)
        {
            _ = request.Audit?.Annotate($"{policy.Name}/{key}", string.Join(", ", values));
        }
    }

    private void Count(CompiledPolicy policy, CompiledBinding binding, AdmissionRequest request, PolicyVerdict verdict, TimeSpan took)
    {
        if (verdict.Conditions is { } conditions)
        {
            _figures.Conditions(policy.Name, "policy", "validate", request, conditions, took);
        }

        foreach (var denial in verdict.Denials)
        {
            foreach (var action in binding.Binding.Spec.ValidationActions)
            {
                _figures.Policy(policy.Name, binding.Name, action.ToLowerInvariant(), PolicyVerdict.ErrorOf(denial.Message), took);
            }
        }

        foreach (var error in verdict.Passed)
        {
            _figures.Policy(policy.Name, binding.Name, "allow", PolicyVerdict.ErrorOf(error), took);
        }
    }

    private static void Act(List<Denial> denials, CompiledPolicy policy, CompiledBinding binding, AdmissionRequest request, PolicyVerdict verdict)
    {
        foreach (var (index, message, reason) in verdict.Denials)
        {
            foreach (var action in binding.Binding.Spec.ValidationActions)
            {
                switch (action)
                {
                    case "Deny":
                        denials.Add(new Denial(policy.Name, binding.Name, message, reason));
                        break;
                    case "Warn":
                        request.Warn($"Validation failed for ValidatingAdmissionPolicy '{policy.Name}' with binding '{binding.Name}': {message}");
                        break;
                    case "Audit":
                        Audit(request, policy, binding, index, message);
                        break;
                }
            }
        }

        denials.AddRange(verdict.Errors.Select(e => new Denial(policy.Name, binding.Name, e, "")));
    }

    private static void Audit(AdmissionRequest request, CompiledPolicy policy, CompiledBinding binding, int index, string message)
    {
        if (request.Audit is { } audit)
        {
            var failure = new TreeMap
            {
                ["message"] = message, ["policy"] = policy.Name, ["binding"] = binding.Name, ["expressionIndex"] = TreeInteger.Of(index),
                ["validationActions"] = new TreeList(binding.Binding.Spec.ValidationActions.Select(a => (Tree)a)),
            };
            _ = audit.Annotate("validation.policy.admission.k8s.io/validation_failure", TreeJson.WriteText(new TreeList([failure])));
        }
    }

    // The same from several bindings counts once.
    private static void Collect(Dictionary<string, List<string>> annotations, IReadOnlyList<KeyValuePair<string, string>> found)
    {
        foreach (var (key, text) in found)
        {
            var value = Encoding.UTF8.GetByteCount(text) <= LongestAnnotation ? text : text[..Math.Min(text.Length, LongestAnnotation)];
            if (!annotations.TryGetValue(key, out var values))
            {
                annotations[key] = values = [];
            }

            if (!values.Contains(value, StringComparer.Ordinal))
            {
                values.Add(value);
            }
        }
    }

    private static void Misconfigured(List<Denial> denials, CompiledPolicy policy, CompiledBinding? binding, string why)
    {
        if (!policy.MayFail)
        {
            denials.Add(new Denial(policy.Name, binding?.Name, $"failed to configure {(binding is null ? "policy" : "binding")}: {why}", ""));
        }
    }

    private static ApiStatus Refusal(AdmissionRequest request, IApiObject? value, Denial denial)
    {
        var message = denial.Binding is null
            ? $"ValidatingAdmissionPolicy '{denial.Policy}' denied request: {denial.Message}"
            : $"ValidatingAdmissionPolicy '{denial.Policy}' with binding '{denial.Binding}' denied request: {denial.Message}";
        var reason = denial.Reason.Length > 0 ? denial.Reason : "Invalid";
        var refusal = request.Forbid(value, message);
        return refusal with
        {
            Reason = reason,
            Code = reason switch { "Forbidden" => 403, "Unauthorized" => 401, "RequestEntityTooLarge" => 413, _ => 422 },
            Details = refusal.Details! with { Causes = [new StatusCause("", message, "")] },
        };
    }

    private sealed record Question(AdmissionRequest Request, Invocation Shown, ReviewedObject Reviewed, PolicyAuthorizer Authorizer);

    private sealed record Denial(string Policy, string? Binding, string Message, string Reason);
}
