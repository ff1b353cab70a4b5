using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission;

/// <summary>Nothing is created in a namespace that is missing or going away, and the first three namespaces stay.</summary>
internal sealed class NamespaceLifecycle : IMutatingAdmission, IObjectlessAdmission
{
    private readonly IObjects _objects;

    public NamespaceLifecycle(IObjects objects)
    {
        _objects = objects;
    }

    public ValueTask<ApiStatus?> MutateAsync(AdmissionRequest request, TreeMap value, CancellationToken cancellation) =>
        ValueTask.FromResult(Check(request, value.Map("metadata") is not { } metadata ? ""
            : metadata.Text("name") is { Length: > 0 } name ? name
            : metadata.Text("generateName") ?? ""));

    public ValueTask<ApiStatus?> AdmitAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation) =>
        ValueTask.FromResult(Check(request, ""));

    private ApiStatus? Check(AdmissionRequest request, string name)
    {
        if (request.IsOf("", "namespaces"))
        {
            return request.Operation == AdmissionOperation.Delete && (request.Name is "default" or "kube-system" or "kube-public")
                ? ApiStatus.Forbidden(request.Type, request.Name, "this namespace may not be deleted")
                : null;
        }

        // A question about a namespace needs no namespace.
        if (!request.Type.Namespaced || request.Operation == AdmissionOperation.Delete
            || request.Type is { Group: "authorization.k8s.io", Plural: "localsubjectaccessreviews" })
        {
            return null;
        }

        var found = _objects.Get<V1Namespace>("", request.Namespace);
        if (found is null)
        {
            return ApiStatus.NotFound(V1Namespace.Resource, request.Namespace);
        }

        if (request.Operation != AdmissionOperation.Create || (found.Status.Phase != "Terminating" && found.Metadata.DeletionTimestamp is null))
        {
            return null;
        }

        var refusal = ApiStatus.Forbidden(
            request.Type, request.Name.Length > 0 ? request.Name : name,
            $"unable to create new content in namespace {request.Namespace} because it is being terminated");
        return refusal with
        {
            Details = refusal.Details! with
            {
                Causes = [new StatusCause("NamespaceTerminating", $"namespace {request.Namespace} is being terminated", "metadata.namespace")],
            },
        };
    }
}
