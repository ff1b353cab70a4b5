using Gantry.Api.Models;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission;

/// <summary>
/// OwnerReferencesPermissionEnforcement: who hands an object to an owner could have deleted it, and who makes the owner's deletion wait for it may set
/// the owner's finalizers. Off by default, as in Kubernetes.
/// </summary>
public sealed class OwnerReferencesEnforcement : IValidatingAdmission
{
    private readonly IAuthorizer _authorizer;
    private readonly ResourceTable _resources;

    public OwnerReferencesEnforcement(IAuthorizer authorizer, ResourceTable resources)
    {
        _authorizer = authorizer;
        _resources = resources;
    }

    public async ValueTask<ApiStatus?> ValidateAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation)
    {
        if (value is null || request.Operation is not (AdmissionOperation.Create or AdmissionOperation.Update)
            || (request.IsPod() && request.Subresource == "status"))
        {
            return null;
        }

        var now = value.Metadata.OwnerReferences;
        var before = request.Old?.Metadata.OwnerReferences ?? [];
        if (now.SequenceEqual(before))
        {
            return null;
        }

        var deletes = new AuthorizationAttributes
        {
            User = request.User, Verb = "delete", IsResource = true, Group = request.Type.Group, Version = request.Type.Version, Resource = request.Type.Plural,
            Subresource = request.Subresource, Namespace = request.Namespace, Name = request.Name,
        };
        var decision = await _authorizer.AuthorizeAsync(deletes, cancellation).ConfigureAwait(false);
        if (decision.Opinion != Opinion.Allow)
        {
            return request.Forbid(value, $"cannot set an ownerRef on a resource you can't delete: {decision.Reason}, <nil>");
        }

        var blocked = before.Where(o => o.BlockOwnerDeletion == true).Select(o => o.Uid).ToHashSet(StringComparer.Ordinal);
        foreach (var owner in now.Where(o => o.BlockOwnerDeletion == true && !blocked.Contains(o.Uid)))
        {
            if (await BlockingAsync(request, value, owner, cancellation).ConfigureAwait(false) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private async ValueTask<ApiStatus?> BlockingAsync(AdmissionRequest request, IApiObject value, V1OwnerReference owner, CancellationToken cancellation)
    {
        var types = _resources.All.Select(r => r.Type).Where(t => t.ApiVersion == owner.ApiVersion && t.Kind == owner.Kind).ToList();
        if (types.Count == 0)
        {
            return request.Forbid(
                value,
                $"cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion {owner.ApiVersion} Kind {owner.Kind}: no matches for kind \"{owner.Kind}\" in version \"{owner.ApiVersion}\"");
        }

        var reason = "";
        foreach (var type in types)
        {
            var finalizes = new AuthorizationAttributes
            {
                User = request.User, Verb = "update", IsResource = true, Group = type.Group, Version = type.Version, Resource = type.Plural, Subresource = "finalizers",
                Namespace = type.Namespaced ? request.Namespace : "", Name = owner.Name,
            };
            var decision = await _authorizer.AuthorizeAsync(finalizes, cancellation).ConfigureAwait(false);
            if (decision.Opinion == Opinion.Allow)
            {
                return null;
            }

            reason = decision.Reason;
        }

        return request.Forbid(value, $"cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: {reason}, <nil>");
    }
}
