using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission;

/// <summary>Every container pulls its image anew, so that nobody uses an image that a node has but that he could not pull.</summary>
public sealed class AlwaysPullImages : IMutatingAdmission, IValidatingAdmission
{
    private const string Always = "Always";

    private static readonly string[] Lists = ["initContainers", "containers", "ephemeralContainers"];

    public ValueTask<ApiStatus?> MutateAsync(AdmissionRequest request, TreeMap value, CancellationToken cancellation)
    {
        if (request.IsOf("", "pods") && value.Map("spec") is { } given && IsNew(request, Lists.SelectMany(given.Maps).Select(c => c.Text("image") ?? "")))
        {
            var spec = value.OwnMap("spec");
            foreach (var kind in Lists.Where(k => given.List(k) is not null))
            {
                var containers = spec.OwnList(kind);
                for (var i = 0; i < containers.Count; i++)
                {
                    if (containers[i] is TreeMap)
                    {
                        containers.OwnMap(i)["imagePullPolicy"] = Always;
                    }
                }
            }
        }

        return ValueTask.FromResult<ApiStatus?>(null);
    }

    public ValueTask<ApiStatus?> ValidateAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation)
    {
        if (!request.IsOf("", "pods") || value is not V1Pod pod || !IsNew(request, Images(pod.Spec).Select(c => c.Image)))
        {
            return ValueTask.FromResult<ApiStatus?>(null);
        }

        var faults = Images(pod.Spec).Where(c => c.Policy != Always)
            .Select(c => request.Forbid(pod, FieldError.NotSupported($"spec.{c.At}.imagePullPolicy", c.Policy, [Always]).ToString()).Message).ToList();
        // Kubernetes does not see through its own list of errors, and answers with a fault of the server.
        return ValueTask.FromResult(faults.Count == 0 ? null : new ApiStatus { Code = 500, Message = Refusals.Join(faults) });
    }

    // An update that brings no new image is left as it is.
    private static bool IsNew(AdmissionRequest request, IEnumerable<string> images) =>
        request.Old is not V1Pod old || images.Except(Images(old.Spec).Select(c => c.Image), StringComparer.Ordinal).Any();

    private static IEnumerable<(string At, string Image, string Policy)> Images(V1PodSpec spec) =>
    [
        .. spec.InitContainers.Select((c, i) => ($"initContainers[{i}]", c.Image, c.ImagePullPolicy)),
        .. spec.Containers.Select((c, i) => ($"containers[{i}]", c.Image, c.ImagePullPolicy)),
        .. spec.EphemeralContainers.Select((c, i) => ($"ephemeralContainers[{i}]", c.Image, c.ImagePullPolicy)),
    ];
}
