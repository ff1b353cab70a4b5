using Gantry.Api.Models;
using Gantry.Server.Registry;

namespace Gantry.Server.Authorization.Rbac;

/// <summary>Keeps the snapshot of roles and bindings that belongs to the newest objects. Made anew only after one of them changed.</summary>
public sealed class RbacSource
{
    private readonly IObjects _objects;
    private volatile Held? _held;

    public RbacSource(IObjects objects)
    {
        _objects = objects;
    }

    public RbacSnapshot Current
    {
        get
        {
            // Versions are read before the lists: a change in between makes the snapshot too new for its versions, never too old.
            var versions = (
                _objects.Version<V1ClusterRole>(), _objects.Version<V1ClusterRoleBinding>(), _objects.Version<V1Role>(), _objects.Version<V1RoleBinding>());
            var held = _held;
            if (held is not null && held.Belongs(versions))
            {
                return held.Snapshot;
            }

            var snapshot = new RbacSnapshot(
                _objects.List<V1ClusterRole>().Select(RbacFacts.Of).Concat(_objects.List<V1Role>().Select(RbacFacts.Of)),
                _objects.List<V1ClusterRoleBinding>().Select(RbacFacts.Of).Concat(_objects.List<V1RoleBinding>().Select(RbacFacts.Of)));
            _held = new Held(versions, snapshot);
            return snapshot;
        }
    }

    private sealed record Held((object ClusterRoles, object ClusterBindings, object Roles, object Bindings) Versions, RbacSnapshot Snapshot)
    {
        public bool Belongs((object ClusterRoles, object ClusterBindings, object Roles, object Bindings) other) =>
            ReferenceEquals(Versions.ClusterRoles, other.ClusterRoles) && ReferenceEquals(Versions.ClusterBindings, other.ClusterBindings)
            && ReferenceEquals(Versions.Roles, other.Roles) && ReferenceEquals(Versions.Bindings, other.Bindings);
    }
}
