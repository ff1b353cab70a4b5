using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Server.Authorization.Rbac;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;
using Gantry.Server.Writing;

namespace Gantry.Server.Admission;

/// <summary>
/// Roles may not be filled, and not be bound, with rights the writer lacks, unless the writer may <c>escalate</c> or <c>bind</c> them
/// (RBAC documentation, "Privilege escalation prevention and bootstrapping").
/// </summary>
internal sealed class RbacEscalation : IWriteGuard
{
    private const string Api = "rbac.authorization.k8s.io";

    private readonly IAuthorizer _authorizer;
    private readonly Func<RbacSnapshot> _snapshot;

    public RbacEscalation(IAuthorizer authorizer, Func<RbacSnapshot> snapshot)
    {
        _authorizer = authorizer;
        _snapshot = snapshot;
    }

    public bool Guards(ResourceType type) => type.Group == Api;

    public async ValueTask<ApiStatus?> CheckAsync(AdmissionRequest request, IApiObject value, CancellationToken cancellation)
    {
        if (request.User.IsIn(UserInfo.MastersGroup) || (request.Old is { } old && ChangesOnlyCollection(value, old)))
        {
            return null;
        }

        return value switch
        {
            V1Role role => await CheckRoleAsync(request, role, role.Rules, aggregates: false, cancellation).ConfigureAwait(false),
            V1ClusterRole role => await CheckRoleAsync(
                request, role, role.Rules, Aggregates(role) || Aggregates(request.Old as V1ClusterRole), cancellation).ConfigureAwait(false),
            V1RoleBinding binding => await CheckBindingAsync(request, binding, binding.RoleRef, cancellation).ConfigureAwait(false),
            V1ClusterRoleBinding binding => await CheckBindingAsync(request, binding, binding.RoleRef, cancellation).ConfigureAwait(false),
            _ => null,
        };
    }

    private async ValueTask<ApiStatus?> CheckRoleAsync(
        AdmissionRequest request, IApiObject role, IReadOnlyList<V1PolicyRule> rules, bool aggregates, CancellationToken cancellation)
    {
        // Who creates names no object yet.
        var named = request.Operation == AdmissionOperation.Create ? "" : role.Metadata.Name;
        if (await MayAsync(request, "escalate", request.Type.Plural, named, cancellation).ConfigureAwait(false))
        {
            return null;
        }

        var snapshot = _snapshot();
        if (Escalation.Refusal(snapshot, request.User, request.Namespace, RbacFacts.Of(rules)) is { } refusal)
        {
            return request.Forbid(role, refusal);
        }

        // Such a rule can gather anything, and taking it away can keep others from tightening.
        return aggregates && Escalation.Refusal(snapshot, request.User, request.Namespace, PolicyRule.FullAuthority) is not null
            ? request.Forbid(role, "must have cluster-admin privileges to use the aggregationRule") : null;
    }

    private async ValueTask<ApiStatus?> CheckBindingAsync(
        AdmissionRequest request, IApiObject binding, V1RoleRef reference, CancellationToken cancellation)
    {
        var plural = reference.Kind == "ClusterRole" ? "clusterroles" : "roles";
        if (await MayAsync(request, "bind", plural, reference.Name, cancellation).ConfigureAwait(false))
        {
            return null;
        }

        var snapshot = _snapshot();
        if (snapshot.RulesOf(reference.Kind == "ClusterRole" ? "" : request.Namespace, reference.Name) is not { } granted)
        {
            return ApiStatus.NotFound(Api, plural, reference.Name);
        }

        return Escalation.Refusal(snapshot, request.User, request.Namespace, granted) is { } refusal ? request.Forbid(binding, refusal) : null;
    }

    private async ValueTask<bool> MayAsync(AdmissionRequest request, string verb, string plural, string name, CancellationToken cancellation) =>
        (await _authorizer.AuthorizeAsync(
            new AuthorizationAttributes
            {
                User = request.User, Verb = verb, IsResource = true, Group = Api, Version = "*", Resource = plural, Namespace = request.Namespace, Name = name,
            },
            cancellation).ConfigureAwait(false)).Opinion == Opinion.Allow;

    private static bool Aggregates(V1ClusterRole? role) => role?.AggregationRule?.ClusterRoleSelectors.Count > 0;

    // Whoever may only help the garbage collector along grants nothing.
    private static bool ChangesOnlyCollection(IApiObject now, IApiObject old) => (now, old) switch
    {
        (V1Role a, V1Role b) => a with { Metadata = Stomped(a, b) } == b,
        (V1ClusterRole a, V1ClusterRole b) => a with { Metadata = Stomped(a, b) } == b,
        (V1RoleBinding a, V1RoleBinding b) => a with { Metadata = Stomped(a, b) } == b,
        (V1ClusterRoleBinding a, V1ClusterRoleBinding b) => a with { Metadata = Stomped(a, b) } == b,
        _ => false,
    };

    private static V1ObjectMeta Stomped(IApiObject now, IApiObject old) => now.Metadata with
    {
        OwnerReferences = old.Metadata.OwnerReferences, Finalizers = old.Metadata.Finalizers, ManagedFields = old.Metadata.ManagedFields,
        ResourceVersion = old.Metadata.ResourceVersion,
    };
}
