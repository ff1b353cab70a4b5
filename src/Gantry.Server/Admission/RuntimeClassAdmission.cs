using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Authorization;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission;

/// <summary>Gives pods the overhead and the scheduling constraints of their runtime class.</summary>
public sealed class RuntimeClassAdmission : IMutatingAdmission, IValidatingAdmission
{
    private const string Unmatched = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";

    private readonly IObjects _objects;

    public RuntimeClassAdmission(IObjects objects)
    {
        _objects = objects;
    }

    public ValueTask<ApiStatus?> MutateAsync(AdmissionRequest request, TreeMap value, CancellationToken cancellation) =>
        ValueTask.FromResult(request.Creates("", "pods") ? Apply(request, value) : null);

    public ValueTask<ApiStatus?> ValidateAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation) =>
        ValueTask.FromResult(request.Creates("", "pods") && value is V1Pod pod ? Check(request, pod) : null);

    // Who changed the pod later may have changed its overhead, too.
    private ApiStatus? Check(AdmissionRequest request, V1Pod pod)
    {
        var (overhead, name) = (pod.Spec.Overhead, pod.Spec.RuntimeClassName ?? "");
        var runtime = name.Length > 0 ? _objects.Get<V1RuntimeClass>("", name) : null;
        if (name.Length > 0 && runtime is null)
        {
            return request.Forbid(pod, NotFound(name));
        }

        if (runtime?.Overhead is { PodFixed: var wanted })
        {
            return overhead.Count == wanted.Count && wanted.All(w => overhead.TryGetValue(w.Key, out var amount) && amount == w.Value) ? null : request.Forbid(pod, Unmatched);
        }

        return overhead.Count > 0 ? request.Forbid(pod, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead") : null;
    }

    private static string NotFound(string name) => $"pod rejected: RuntimeClass {GoText.Quote(name)} not found";

    private ApiStatus? Apply(AdmissionRequest request, TreeMap pod)
    {
        var spec = pod.Map("spec");
        var name = spec?.Text("runtimeClassName") ?? "";
        if (name.Length == 0)
        {
            return null;
        }

        if (_objects.Get<V1RuntimeClass>("", name) is not { } runtime)
        {
            return request.Forbid(pod, NotFound(name));
        }

        var wanted = runtime.Overhead?.PodFixed;
        if (wanted is not null && spec?.Map("overhead") is { Count: > 0 } overhead && !Same(overhead, wanted))
        {
            return request.Forbid(pod, Unmatched);
        }

        var own = pod.OwnMap("spec");
        if (wanted is { Count: > 0 })
        {
            var map = new TreeMap(wanted.Count);
            foreach (var (resource, amount) in wanted)
            {
                map[resource] = amount.ToString();
            }

            own["overhead"] = map;
        }

        return runtime.Scheduling is null ? null : Constrain(request, pod, own, runtime.Scheduling);
    }

    private static ApiStatus? Constrain(AdmissionRequest request, TreeMap pod, TreeMap spec, V1Scheduling scheduling)
    {
        if (scheduling.NodeSelector.Count > 0)
        {
            var selector = spec.OwnMap("nodeSelector");
            foreach (var (key, value) in scheduling.NodeSelector)
            {
                if (selector.Text(key) is { } other && other != value)
                {
                    return request.Forbid(
                        pod, $"conflict: runtimeClass.scheduling.nodeSelector[{key}] = {value}; pod.spec.nodeSelector[{key}] = {other}");
                }

                selector[key] = value;
            }
        }

        if (scheduling.Tolerations.Count > 0)
        {
            var tolerations = spec.OwnList("tolerations");
            foreach (var toleration in scheduling.Tolerations.Select(t => TreeJson.Parse(ApiJson.Encode(t))))
            {
                if (!tolerations.Contains(toleration))
                {
                    tolerations.Add(toleration);
                }
            }
        }

        return null;
    }

    private static bool Same(TreeMap given, IReadOnlyDictionary<string, Quantity> wanted) =>
        given.Count == wanted.Count && wanted.All(w => Quantity.TryParse(given.Text(w.Key), out var amount) && amount == w.Value);
}
