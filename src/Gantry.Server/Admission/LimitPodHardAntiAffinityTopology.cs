using Gantry.Api.Models;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission;

/// <summary>A pod may keep others off its node, but not off anything larger.</summary>
public sealed class LimitPodHardAntiAffinityTopology : IValidatingAdmission
{
    private const string Node = "kubernetes.io/hostname";

    public ValueTask<ApiStatus?> ValidateAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation) => ValueTask.FromResult(
        request.IsOf("", "pods") && value is V1Pod pod
            && pod.Spec.Affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution.FirstOrDefault(t => t.TopologyKey != Node) is { } term
            ? request.Forbid(value, $"affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey {term.TopologyKey} but only key {Node} is allowed")
            : null);
}
