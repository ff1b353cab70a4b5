using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;
using Gantry.Server.Writing;

namespace Gantry.Server.Subresources;

/// <summary>Puts a pod on a node: <c>pods/binding</c>, and <c>bindings</c>, which is the same by an older name.</summary>
internal sealed class PodBinding
{
    private readonly ObjectWriter _writer;
    private readonly AdmissionChain _admission;
    private readonly TimeProvider _clock;

    public PodBinding(ObjectWriter writer, AdmissionChain admission, TimeProvider clock)
    {
        _writer = writer;
        _admission = admission;
        _clock = clock;
    }

    /// <param name="call">Carries the Binding.</param>
    /// <param name="pods">The pods.</param>
    /// <param name="name">The pod's name from the path; empty where only the body names it.</param>
    /// <param name="cancellation">Gives up.</param>
    public async ValueTask<ApiAnswer> BindAsync(ApiCall call, ServedResource pods, string name, CancellationToken cancellation)
    {
        if (ObjectChecks.Creation(call) is { } refused)
        {
            return refused;
        }

        var (value, refusal) = BodyDecoder.Decode(call, V1Binding.Resource);
        if (value is null)
        {
            return refusal!;
        }

        if (ObjectChecks.Namespace(value, call.Info.Namespace) is { } elsewhere)
        {
            return elsewhere;
        }

        var scope = WriteScope.Of(call, pods) with { Name = value.Map("metadata")?.Text("name") ?? "", Subresource = "binding", IsAdmitted = true };
        var request = scope.Admission(AdmissionOperation.Create, null, scope.Name) with { Kind = V1Binding.Resource };
        if (await _admission.MutateAsync(request, value, cancellation).ConfigureAwait(false) is { } unwelcome)
        {
            return unwelcome;
        }

        var binding = ApiJson.Decode<V1Binding>(TreeJson.Write(value));
        if (name.Length > 0 && binding.Metadata.Name != name)
        {
            return ApiStatus.BadRequest("name in URL does not match name in Binding object");
        }

        if (Fault(binding.Target) is { } fault)
        {
            return new ApiStatus { Code = 500, Message = fault };
        }

        if (await _admission.ValidateAsync(request, binding, cancellation).ConfigureAwait(false) is { } unwanted)
        {
            return unwanted;
        }

        if (binding.Metadata.Name.Length == 0)
        {
            return ApiStatus.BadRequest("Name parameter required.");
        }

        scope = scope with { Name = binding.Metadata.Name };
        var outcome = await _writer.UpdateAsync(scope, (old, stored) => Bound(scope, old, stored, binding), cancellation).ConfigureAwait(false);
        return outcome is WriteOutcome.Refused no ? no.Status : new ApiStatus { Code = 201 };
    }

    private static string? Fault(V1ObjectReference target)
    {
        var errors = new List<FieldError>();
        if (target.Kind is not ("" or "Node"))
        {
            errors.Add(FieldError.NotSupported("target.kind", target.Kind, ["Node", "<empty>"]));
        }

        if (target.Name.Length == 0)
        {
            errors.Add(FieldError.Required("target.name", ""));
        }

        return errors.Count switch
        {
            0 => null,
            1 => errors[0].ToString(),
            _ => "[" + string.Join(", ", errors.Select(e => e.ToString())) + "]",
        };
    }

    private Proposal Bound(WriteScope scope, TreeMap? old, StoredObject? stored, V1Binding binding)
    {
        if (old is null || stored is null)
        {
            return ApiStatus.NotFound(V1Pod.Resource, scope.Name);
        }

        var pod = (V1Pod)stored.Typed;
        var (uid, version) = (binding.Metadata.Uid, binding.Metadata.ResourceVersion);
        var problem = uid.Length > 0 && uid != stored.Uid ? RegistryPath.OtherPod(stored.Namespace, stored.Name, "UID", uid, stored.Uid)
            : version.Length > 0 && version != pod.Metadata.ResourceVersion
                ? RegistryPath.OtherPod(stored.Namespace, stored.Name, "ResourceVersion", version, pod.Metadata.ResourceVersion)
            : null;
        if (problem is not null)
        {
            return ApiStatus.Conflict(V1Pod.Resource, scope.Name, problem);
        }

        problem = pod.Metadata.DeletionTimestamp is not null ? $"pod {pod.Metadata.Name} is being deleted, cannot be assigned to a host"
            : pod.Spec.NodeName.Length > 0 ? $"pod {pod.Metadata.Name} is already assigned to node \"{pod.Spec.NodeName}\""
            : pod.Spec.SchedulingGates.Count > 0 ? $"pod {pod.Metadata.Name} has non-empty .spec.schedulingGates"
            : null;
        if (problem is not null)
        {
            return new ApiStatus
            {
                Code = 409,
                Reason = "Conflict",
                Message = $"Operation cannot be fulfilled on pods/binding \"{scope.Name}\": {problem}",
                Details = new StatusDetails { Name = scope.Name, Kind = "pods/binding" },
            };
        }

        var metadata = old.Made("metadata");
        metadata.Remove("resourceVersion");
        foreach (var (key, text) in binding.Metadata.Annotations)
        {
            metadata.Made("annotations")[key] = text;
        }

        old.Made("spec")["nodeName"] = binding.Target.Name;
        PodConditions.Set(old.Made("status"), "PodScheduled", "True", "", "", ApiTimes.Format(_clock.GetUtcNow()));
        // Nobody owns where a pod runs, so the fields' managers stay as they are.
        return new Proposal(old, null, Managed: true);
    }
}
