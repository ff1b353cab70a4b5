using System.Globalization;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission;

/// <summary>Gives pods the number of their priority class, and keeps the default class unique.</summary>
public sealed class PodPriority : IMutatingAdmission, IValidatingAdmission
{
    private const string Preempts = "PreemptLowerPriority";

    private readonly IObjects _objects;

    public PodPriority(IObjects objects)
    {
        _objects = objects;
    }

    public ValueTask<ApiStatus?> MutateAsync(AdmissionRequest request, TreeMap value, CancellationToken cancellation)
    {
        if (request.IsOf("", "pods"))
        {
            if (request.Operation == AdmissionOperation.Create)
            {
                return ValueTask.FromResult(Create(request, value));
            }

            if (request.Operation == AdmissionOperation.Update && request.Old is V1Pod old)
            {
                Keep(value, old);
            }
        }

        return ValueTask.FromResult<ApiStatus?>(null);
    }

    public ValueTask<ApiStatus?> ValidateAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation)
    {
        if (request.IsOf("scheduling.k8s.io", "priorityclasses") && value is V1PriorityClass { GlobalDefault: true } wanted && Default() is { } present
            && (request.Operation == AdmissionOperation.Create || present.Metadata.Name != wanted.Metadata.Name))
        {
            return ValueTask.FromResult<ApiStatus?>(request.Forbid(
                value, $"PriorityClass {present.Metadata.Name} is already marked as default. Only one default can exist"));
        }

        return ValueTask.FromResult<ApiStatus?>(null);
    }

    private ApiStatus? Create(AdmissionRequest request, TreeMap pod)
    {
        var spec = pod.OwnMap("spec");
        var name = spec.Text("priorityClassName") ?? "";
        var chosen = name.Length > 0 ? _objects.Get<V1PriorityClass>("", name) : Default();
        if (name.Length > 0 && chosen is null)
        {
            return request.Forbid(pod, $"no PriorityClass with name {name} was found");
        }

        long priority = chosen?.Value ?? 0;
        if (spec["priority"] is TreeInteger given && given.Value != priority)
        {
            return request.Forbid(pod, string.Create(
                CultureInfo.InvariantCulture,
                $"the integer value of priority ({given.Value}) must not be provided in pod spec; priority admission controller computed {priority} from the given PriorityClass name"));
        }

        var policy = chosen?.PreemptionPolicy ?? Preempts;
        if (spec.Text("preemptionPolicy") is { } asked && asked != policy)
        {
            return request.Forbid(
                pod,
                $"the string value of PreemptionPolicy ({asked}) must not be provided in pod spec; priority admission controller computed {policy} from the given PriorityClass name");
        }

        if (chosen is not null)
        {
            spec["priorityClassName"] = chosen.Metadata.Name;
        }

        spec["priority"] = priority;
        spec["preemptionPolicy"] = policy;
        return null;
    }

    // Clients that never heard of these fields drop them when they replace a pod.
    private static void Keep(TreeMap pod, V1Pod old)
    {
        if (old.Spec.Priority is { } priority && pod.Map("spec")?.Contains("priority") != true)
        {
            pod.OwnMap("spec")["priority"] = (long)priority;
        }

        if (old.Spec.PreemptionPolicy is { } policy && pod.Map("spec")?.Contains("preemptionPolicy") != true)
        {
            pod.OwnMap("spec")["preemptionPolicy"] = policy;
        }
    }

    // Of several defaults (possible only through older servers) the least important counts.
    private V1PriorityClass? Default() =>
        _objects.List<V1PriorityClass>().Where(c => c.GlobalDefault).OrderBy(c => c.Value).ThenBy(c => c.Metadata.Name, StringComparer.Ordinal).FirstOrDefault();
}
