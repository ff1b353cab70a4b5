using Gantry.Api.Models;
using Gantry.Server.Authorization.Rbac;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission;

/// <summary>
/// Roles may not be filled, and not be bound, with rights the writer lacks, unless the writer may <c>escalate</c> or <c>bind</c> them
/// (RBAC documentation, "Privilege escalation prevention and bootstrapping").
/// </summary>
public sealed class RbacEscalation : IValidatingAdmission
{
    private const string Api = "rbac.authorization.k8s.io";

    private readonly IAuthorizer _authorizer;
    private readonly Func<RbacSnapshot> _snapshot;

    public RbacEscalation(IAuthorizer authorizer, Func<RbacSnapshot> snapshot)
    {
        _authorizer = authorizer;
        _snapshot = snapshot;
    }

    public async ValueTask<ApiStatus?> ValidateAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation)
    {
        if (request.Type.Group != Api || request.User.IsIn(UserInfo.MastersGroup)
            || request.Operation is not (AdmissionOperation.Create or AdmissionOperation.Update))
        {
            return null;
        }

        return value switch
        {
            V1Role role when !Same(role.Rules, (request.Old as V1Role)?.Rules) =>
                await CheckRoleAsync(request, role, RbacFacts.Of(role.Rules), cancellation).ConfigureAwait(false),
            V1ClusterRole role when !Same(role.Rules, (request.Old as V1ClusterRole)?.Rules) || Aggregates(role, request.Old as V1ClusterRole) =>
                await CheckRoleAsync(
                    request, role, Aggregates(role, request.Old as V1ClusterRole) ? PolicyRule.FullAuthority : RbacFacts.Of(role.Rules), cancellation)
                    .ConfigureAwait(false),
            V1RoleBinding binding when request.Old is not V1RoleBinding old || !binding.Subjects.SequenceEqual(old.Subjects) || binding.RoleRef != old.RoleRef =>
                await CheckBindingAsync(request, binding, binding.RoleRef, cancellation).ConfigureAwait(false),
            V1ClusterRoleBinding binding when request.Old is not V1ClusterRoleBinding old || !binding.Subjects.SequenceEqual(old.Subjects) || binding.RoleRef != old.RoleRef =>
                await CheckBindingAsync(request, binding, binding.RoleRef, cancellation).ConfigureAwait(false),
            _ => null,
        };
    }

    private async ValueTask<ApiStatus?> CheckRoleAsync(
        AdmissionRequest request, IApiObject role, IReadOnlyList<PolicyRule> granted, CancellationToken cancellation)
    {
        if (await MayAsync(request, "escalate", request.Type.Plural, role.Metadata.Name, cancellation).ConfigureAwait(false))
        {
            return null;
        }

        return Escalation.Refusal(_snapshot(), request.User, request.Namespace, granted) is { } refusal ? request.Forbid(role, refusal) : null;
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

    private static bool Same(IReadOnlyList<V1PolicyRule> now, IReadOnlyList<V1PolicyRule>? before) => before is not null && now.SequenceEqual(before);

    private static bool Aggregates(V1ClusterRole role, V1ClusterRole? old) => role.AggregationRule is not null && role.AggregationRule != old?.AggregationRule;
}
