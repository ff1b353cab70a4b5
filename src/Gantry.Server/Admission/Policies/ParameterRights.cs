using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;
using Gantry.Server.Writing;

namespace Gantry.Server.Admission.Policies;

/// <summary>
/// Who makes a policy of parameters has to be able to read every one of them, and who binds it those that the binding names: what a policy says of its
/// parameters would tell them otherwise (kube-apiserver: the strategies of <c>admissionregistration.k8s.io</c>).
/// </summary>
internal sealed class ParameterRights : IFieldGuard
{
    private const string Api = "admissionregistration.k8s.io";
    private const string Any = "*";

    private readonly IObjects _objects;
    private readonly ResourceTable _resources;
    private readonly IAuthorizer _authorizer;

    public ParameterRights(IObjects objects, ResourceTable resources, IAuthorizer authorizer)
    {
        _objects = objects;
        _resources = resources;
        _authorizer = authorizer;
    }

    public bool Guards(ResourceType type) => type.Group == Api && type.Kind is "ValidatingAdmissionPolicy" or "ValidatingAdmissionPolicyBinding";

    public async ValueTask<FieldError?> CheckAsync(AdmissionRequest request, IApiObject value, CancellationToken cancellation)
    {
        if (request.Subresource.Length > 0 || request.User.IsIn(UserInfo.MastersGroup))
        {
            return null;
        }

        switch (value)
        {
            case V1ValidatingAdmissionPolicy { Spec.ParamKind: { } kind } when !kind.Equals((request.Old as V1ValidatingAdmissionPolicy)?.Spec.ParamKind):
                return await MayAsync(request, kind, "get", Any, Any, cancellation).ConfigureAwait(false) ? null : FieldError.Forbidden(
                    "spec.paramKind",
                    $"user {Described(request.User)} must have \"get\" permission on all objects of the referenced paramKind (kind={kind.Kind}, apiVersion={kind.ApiVersion})");
            case V1ValidatingAdmissionPolicyBinding { Spec.ParamRef: { } parameters } binding:
                var verb = parameters.Name.Length == 0 ? "list" : "get";
                var policy = _objects.Get<V1ValidatingAdmissionPolicy>("", binding.Spec.PolicyName);
                // Kubernetes says the verb where the user should be, and the other way round.
                return await MayAsync(request, policy?.Spec.ParamKind, verb, parameters.Namespace, parameters.Name, cancellation).ConfigureAwait(false) ? null : FieldError.Forbidden(
                    "spec.paramRef", $"user {verb} does not have \"{Described(request.User)}\" permission on the object referenced by paramRef");
            default:
                return null;
        }
    }

    // Of a kind that nobody serves everything of its group is asked for; without one everything there is.
    private async ValueTask<bool> MayAsync(AdmissionRequest request, V1ParamKind? kind, string verb, string ns, string name, CancellationToken cancellation)
    {
        var slash = kind?.ApiVersion.IndexOf('/', StringComparison.Ordinal) ?? -1;
        var asked = new AuthorizationAttributes
        {
            User = request.User, IsResource = true, Verb = verb, Name = name, Namespace = ns,
            Group = kind is null ? Any : slash < 0 ? "" : kind.ApiVersion[..slash],
            Version = kind is null ? Any : kind.ApiVersion[(slash + 1)..],
            Resource = kind is null ? Any : PolicyParameters.ResourceOf(kind, _resources)?.Type.Plural ?? Any,
        };
        return (await _authorizer.AuthorizeAsync(asked, cancellation).ConfigureAwait(false)).Opinion == Opinion.Allow;
    }

    // As Go prints the structure: &{name uid [groups] map[key:[values]]}
    private static string Described(UserInfo user) =>
        $"&{{{user.Name} {user.Uid} [{string.Join(' ', user.Groups)}] map[{string.Join(' ', user.Extra.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}:[{string.Join(' ', e.Value)}]"))}]}}";
}
