using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission;

/// <summary>Fills in the requests and limits that a namespace's LimitRanges give, and refuses what is outside of them.</summary>
public sealed class LimitRanger : IMutatingAdmission, IValidatingAdmission
{
    private const string Annotation = "kubernetes.io/limit-ranger";

    private readonly IObjects _objects;

    public LimitRanger(IObjects objects)
    {
        _objects = objects;
    }

    public ValueTask<ApiStatus?> MutateAsync(AdmissionRequest request, TreeMap value, CancellationToken cancellation)
    {
        if (request.Creates("", "pods"))
        {
            foreach (var range in _objects.List<V1LimitRange>(request.Namespace))
            {
                SetDefaults(value, range);
            }
        }

        return ValueTask.FromResult<ApiStatus?>(null);
    }

    public ValueTask<ApiStatus?> ValidateAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation)
    {
        // Containers cannot be added or resized by an update of the pod itself, so only claims are looked at again.
        var looks = request.Creates("", "pods") || (request.IsOf("", "persistentvolumeclaims") && request.Operation is (AdmissionOperation.Create or AdmissionOperation.Update));
        if (!looks || request.Old?.Metadata.DeletionTimestamp is not null)
        {
            return ValueTask.FromResult<ApiStatus?>(null);
        }

        foreach (var range in _objects.List<V1LimitRange>(request.Namespace))
        {
            var faults = value switch
            {
                V1Pod pod => LimitRangeRules.Check(pod, range.Spec.Limits),
                V1PersistentVolumeClaim claim => LimitRangeRules.Check(claim, range.Spec.Limits),
                _ => [],
            };
            if (faults.Count > 0)
            {
                return ValueTask.FromResult<ApiStatus?>(request.Forbid(value, Refusals.Join(faults)));
            }
        }

        return ValueTask.FromResult<ApiStatus?>(null);
    }

    private static void SetDefaults(TreeMap pod, V1LimitRange range)
    {
        var requests = new SortedDictionary<string, Quantity>(StringComparer.Ordinal);
        var limits = new SortedDictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var item in range.Spec.Limits.Where(l => l.Type == "Container"))
        {
            foreach (var (resource, amount) in item.DefaultRequest)
            {
                requests[resource] = amount;
            }

            foreach (var (resource, amount) in item.Default)
            {
                limits[resource] = amount;
            }
        }

        if (requests.Count + limits.Count == 0 || pod.Map("spec") is null)
        {
            return;
        }

        var notes = new List<string>();
        var spec = pod.OwnMap("spec");
        Fill(spec, "containers", "container", requests, limits, notes);
        Fill(spec, "initContainers", "init container", requests, limits, notes);
        if (notes.Count > 0)
        {
            pod.OwnMap("metadata").OwnMap("annotations")[Annotation] = "LimitRanger plugin set: " + string.Join("; ", notes);
        }
    }

    private static void Fill(
        TreeMap spec, string key, string words, SortedDictionary<string, Quantity> requests, SortedDictionary<string, Quantity> limits, List<string> notes)
    {
        if (spec.List(key) is null or { Count: 0 })
        {
            return;
        }

        var containers = spec.OwnList(key);
        for (var i = 0; i < containers.Count; i++)
        {
            var container = containers.OwnMap(i);
            foreach (var (part, amounts, word) in new[] { ("requests", requests, "request"), ("limits", limits, "limit") })
            {
                var given = container.Map("resources")?.Map(part);
                var missing = amounts.Where(a => given?.Contains(a.Key) != true).ToList();
                if (missing.Count == 0)
                {
                    continue;
                }

                var own = container.OwnMap("resources").OwnMap(part);
                foreach (var (resource, amount) in missing)
                {
                    own[resource] = amount.ToString();
                }

                notes.Add($"{string.Join(", ", missing.Select(m => m.Key))} {word} for {words} {container.Text("name")}");
            }
        }
    }
}
