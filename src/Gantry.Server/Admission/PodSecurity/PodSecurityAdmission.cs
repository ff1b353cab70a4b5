using Gantry.Api.Models;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission.PodSecurity;

/// <summary>
/// Holds pods to the standard that their namespace's labels name: pods that break it are refused, workloads that would make such pods are warned about
/// and audited (Kubernetes documentation, "Pod Security Admission").
/// </summary>
public sealed class PodSecurityAdmission : IValidatingAdmission
{
    private readonly IObjects _objects;
    private readonly PodSecurityOptions _options;

    public PodSecurityAdmission(IObjects objects, PodSecurityOptions options)
    {
        _objects = objects;
        _options = options;
    }

    public ValueTask<ApiStatus?> ValidateAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation) =>
        ValueTask.FromResult(request.Operation is AdmissionOperation.Create or AdmissionOperation.Update ? Check(request, value) : null);

    private ApiStatus? Check(AdmissionRequest request, IApiObject? value)
    {
        switch (value)
        {
            // Everything that may change a pod's spec is looked at, whatever subresources there will be.
            case V1Pod pod when request.Subresource is not ("exec" or "attach" or "binding" or "eviction" or "log" or "portforward" or "proxy" or "status"):
                return request.Old is V1Pod old && !PodChanges.Matter(pod, old) ? null : Check(request, pod, pod.Metadata, pod.Spec, enforce: true);
            case V1Namespace ns when request.Subresource.Length == 0:
                return Labels(request, ns);
            case not null when request.Subresource.Length == 0 && PodChanges.TemplateOf(value) is { } template:
                return Check(request, value, template.Metadata, template.Spec, enforce: false);
            default:
                return null;
        }
    }

    private ApiStatus? Check(AdmissionRequest request, IApiObject value, V1ObjectMeta metadata, V1PodSpec spec, bool enforce)
    {
        var exempt = _options.ExemptNamespaces.Contains(request.Namespace, StringComparer.Ordinal) ? "namespace"
            : _options.ExemptUsers.Contains(request.User.Name, StringComparer.Ordinal) ? "user"
            : null;
        if (exempt is not null)
        {
            Annotate(request, "exempt", exempt);
            return null;
        }

        var labels = _objects.Get<V1Namespace>("", request.Namespace)?.Metadata.Labels ?? JsonModel.Empty<string>();
        var policy = SecurityPolicy.Of(labels, _options.Defaults, out var faults);
        if (faults.Count == 0 && (policy.AllowsEverything || (!enforce && policy.Audit.Allows && policy.Warn.Allows)))
        {
            if (enforce)
            {
                Annotate(request, "enforce-policy", policy.Enforce.ToString());
            }

            return null;
        }

        if (spec.RuntimeClassName is { Length: > 0 } runtime && _options.ExemptRuntimeClasses.Contains(runtime, StringComparer.Ordinal))
        {
            Annotate(request, "exempt", "runtimeClass");
            return null;
        }

        if (faults.Count > 0)
        {
            Annotate(request, "error", "Failed to parse policy: " + Refusals.Join([.. faults.Select(f => f.ToString())]));
        }

        return Evaluate(request, value, policy, s => Standards.Check(s, metadata, spec), enforce);
    }

    private static ApiStatus? Evaluate(
        AdmissionRequest request, IApiObject value, SecurityPolicy policy, Func<SecurityStandard, IReadOnlyList<Violation>> check, bool enforce)
    {
        var known = new Dictionary<SecurityStandard, IReadOnlyList<Violation>>();
        IReadOnlyList<Violation> Broken(SecurityStandard standard) =>
            known.TryGetValue(standard, out var violations) ? violations : known[standard] = check(standard);
        ApiStatus? refusal = null;
        if (enforce)
        {
            Annotate(request, "enforce-policy", policy.Enforce.ToString());
            if (Broken(policy.Enforce) is { Count: > 0 } broken)
            {
                refusal = request.Forbid(value, $"violates PodSecurity \"{policy.Enforce}\": {Violation.Details(broken)}");
            }
        }

        if (Broken(policy.Audit) is { Count: > 0 } audited)
        {
            Annotate(request, "audit-violations", $"would violate PodSecurity \"{policy.Audit}\": {Violation.Details(audited)}");
        }

        // Who is refused knows already.
        if (refusal is null && Broken(policy.Warn) is { Count: > 0 } warned)
        {
            request.Warn($"would violate PodSecurity \"{policy.Warn}\": {Violation.Details(warned)}");
        }

        return refusal;
    }

    private ApiStatus? Labels(AdmissionRequest request, V1Namespace ns)
    {
        var policy = SecurityPolicy.Of(ns.Metadata.Labels, _options.Defaults, out var faults);
        var before = _options.Defaults;
        IReadOnlyList<FieldError> known = [];
        if (request.Old is V1Namespace old)
        {
            before = SecurityPolicy.Of(old.Metadata.Labels, _options.Defaults, out known);
        }

        if (faults.Count > 0 && !faults.SequenceEqual(known))
        {
            return ApiStatus.Invalid(request.Type, ns.Metadata.Name, faults);
        }

        var stricter = request.Old is not null && policy.Enforce != before.Enforce && !policy.Enforce.Allows
            && (policy.Enforce.Version != before.Enforce.Version || policy.Enforce.Level > before.Enforce.Level);
        if (_options.ExemptNamespaces.Contains(ns.Metadata.Name, StringComparer.Ordinal))
        {
            if ((request.Old is null || stricter) && !policy.AllowsEverything && policy != _options.Defaults)
            {
                request.Warn($"namespace \"{ns.Metadata.Name}\" is exempt from Pod Security, and the policy ({policy.Stated(ns.Metadata.Labels)}) will be ignored");
            }
        }
        else if (stricter)
        {
            foreach (var warning in ExistingPods.Warnings(ns.Metadata.Name, policy.Enforce, [.. _objects.List<V1Pod>(ns.Metadata.Name)], _options.ExemptRuntimeClasses))
            {
                request.Warn(warning);
            }
        }

        return null;
    }

    private static void Annotate(AdmissionRequest request, string key, string value) => request.Audit?.Annotate(SecurityPolicy.LabelPrefix + key, value);
}
