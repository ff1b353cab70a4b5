using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Authorization;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;
using Gantry.Server.Validation;

namespace Gantry.Server.Admission;

/// <summary>Pods run on the nodes of their namespace: those that its annotation selects, or a file for all.</summary>
public sealed class PodNodeSelector : IMutatingAdmission, IValidatingAdmission
{
    private const string Annotation = "scheduler.alpha.kubernetes.io/node-selector";
    private const string Cluster = "clusterDefaultNodeSelector";

    private readonly IObjects _objects;
    private readonly IReadOnlyDictionary<string, string> _configured;

    /// <param name="objects">Finds namespaces.</param>
    /// <param name="configured">What pods of a namespace may select, by its name, and what is selected where no annotation does.</param>
    public PodNodeSelector(IObjects objects, IReadOnlyDictionary<string, string> configured)
    {
        _objects = objects;
        _configured = configured;
    }

    public ValueTask<ApiStatus?> MutateAsync(AdmissionRequest request, TreeMap value, CancellationToken cancellation)
    {
        if (!request.Creates("", "pods"))
        {
            return ValueTask.FromResult<ApiStatus?>(null);
        }

        var own = (value.Map("spec")?.Map("nodeSelector") ?? new TreeMap()).ToDictionary(s => s.Key, s => (s.Value as TreeString)?.Value ?? "", StringComparer.Ordinal);
        if (Check(request, own, out var added) is { } refusal)
        {
            return ValueTask.FromResult<ApiStatus?>(refusal);
        }

        if (added.Count > 0)
        {
            var selector = value.OwnMap("spec").OwnMap("nodeSelector");
            foreach (var (key, wanted) in added)
            {
                selector[key] = wanted;
            }
        }

        return ValueTask.FromResult<ApiStatus?>(null);
    }

    public ValueTask<ApiStatus?> ValidateAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation) =>
        ValueTask.FromResult(request.Creates("", "pods") && value is V1Pod pod ? Check(request, pod.Spec.NodeSelector, out _) : null);

    // What the namespace selects, and whether it goes with what the pod does.
    private ApiStatus? Check(AdmissionRequest request, IReadOnlyDictionary<string, string> own, out Dictionary<string, string> selected)
    {
        var annotations = _objects.Get<V1Namespace>("", request.Namespace)?.Metadata.Annotations;
        var text = annotations?.GetValueOrDefault(Annotation) ?? _configured.GetValueOrDefault(Cluster, "");
        if (Parse(text, out selected) is { } wrong)
        {
            return Fault(wrong);
        }

        if (selected.Any(s => own.TryGetValue(s.Key, out var other) && other != s.Value))
        {
            return Forbid(request, "pod node label selector conflicts with its namespace node label selector");
        }

        if (Parse(_configured.GetValueOrDefault(request.Namespace, ""), out var allowed) is { } unclear)
        {
            return Fault(unclear);
        }

        return allowed.Count == 0 || own.Concat(selected).All(s => allowed.TryGetValue(s.Key, out var only) && only == s.Value)
            ? null : Forbid(request, "pod node label selector labels conflict with its namespace whitelist");
    }

    private static ApiStatus Fault(string why) => new() { Code = 500, Message = why };

    private static ApiStatus Forbid(AdmissionRequest request, string why) => ApiStatus.Forbidden(request.Type, request.Name, why);

    /// <summary>Reads <c>a=b,c=d</c>; tells what is wrong with it.</summary>
    private static string? Parse(string text, out Dictionary<string, string> labels)
    {
        labels = new Dictionary<string, string>(StringComparer.Ordinal);
        if (text.Length == 0)
        {
            return null;
        }

        foreach (var label in text.Split(','))
        {
            var parts = label.Split('=');
            if (parts.Length != 2)
            {
                return $"invalid selector: [{string.Join(' ', parts)}]";
            }

            var (key, value) = (parts[0].Trim(), parts[1].Trim());
            if (Rules.QualifiedName(key).ToList() is { Count: > 0 } badKey)
            {
                return $"<nil>: Invalid value: {GoText.Quote(key)}: {string.Join("; ", badKey)}";
            }

            if (Rules.LabelValue(value).ToList() is { Count: > 0 } badValue)
            {
                return $"[{key}]: Invalid value: {GoText.Quote(value)}: {string.Join("; ", badValue)}";
            }

            labels[key] = value;
        }

        return null;
    }
}
