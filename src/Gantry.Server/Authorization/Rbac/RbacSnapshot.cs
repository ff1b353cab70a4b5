using System.Collections.Frozen;
using Gantry.Server.Requests;

namespace Gantry.Server.Authorization.Rbac;

/// <summary>
/// All roles and bindings at one moment, indexed by subject: a decision looks only at bindings that name the user or one of the user's groups.
/// Immutable; a change of any role or binding makes a new one.
/// </summary>
public sealed class RbacSnapshot
{
    private readonly FrozenDictionary<(string Namespace, string Name), RoleFact> _roles;
    private readonly FrozenDictionary<string, Scope> _scopes;

    public RbacSnapshot(IEnumerable<RoleFact> roles, IEnumerable<BindingFact> bindings)
    {
        _roles = roles.ToFrozenDictionary(r => (r.Namespace, r.Name));
        _scopes = bindings.GroupBy(b => b.Namespace, StringComparer.Ordinal).ToFrozenDictionary(g => g.Key, g => new Scope(g), StringComparer.Ordinal);
    }

    /// <summary>The rules of a role (of a ClusterRole where the namespace is empty), or null when there is none of that name.</summary>
    public IReadOnlyList<PolicyRule>? RulesOf(string ns, string role) => _roles.GetValueOrDefault((ns, role))?.Rules;

    public static RbacSnapshot Empty { get; } = new([], []);

    /// <summary>
    /// Every rule that holds for the user in a namespace (cluster-wide ones included; only those where the namespace is empty), with the binding
    /// it comes from. Bindings to roles that do not exist are told through <paramref name="missing"/>.
    /// </summary>
    public IEnumerable<Grant> GrantsOf(UserInfo user, string ns, ICollection<string>? missing = null)
    {
        IReadOnlyList<string> scopes = ns.Length == 0 ? [""] : ["", ns];
        foreach (var name in scopes)
        {
            if (!_scopes.TryGetValue(name, out var scope))
            {
                continue;
            }

            foreach (var (binding, subject) in scope.BindingsOf(user))
            {
                var key = (binding.ToClusterRole ? "" : binding.Namespace, binding.Role);
                if (!_roles.TryGetValue(key, out var role))
                {
                    missing?.Add($"{(binding.ToClusterRole ? "clusterrole" : "role")}.rbac.authorization.k8s.io {GoText.Quote(binding.Role)} not found");
                    continue;
                }

                foreach (var rule in role.Rules)
                {
                    yield return new Grant(rule, binding, subject);
                }
            }
        }
    }

    private sealed class Scope
    {
        private readonly FrozenDictionary<string, List<(int Order, BindingFact Binding, SubjectFact Subject)>> _users;
        private readonly FrozenDictionary<string, List<(int Order, BindingFact Binding, SubjectFact Subject)>> _groups;

        public Scope(IEnumerable<BindingFact> bindings)
        {
            var users = new Dictionary<string, List<(int, BindingFact, SubjectFact)>>(StringComparer.Ordinal);
            var groups = new Dictionary<string, List<(int, BindingFact, SubjectFact)>>(StringComparer.Ordinal);
            var order = 0;
            foreach (var binding in bindings.OrderBy(b => b.Name, StringComparer.Ordinal))
            {
                order++;
                foreach (var named in binding.Subjects)
                {
                    // A service account without a namespace means one of the binding's own namespace.
                    var subject = named is { Kind: SubjectKind.ServiceAccount, Namespace: "" } ? named with { Namespace = binding.Namespace } : named;
                    var (index, key) = subject.Kind switch
                    {
                        SubjectKind.Group => (groups, subject.Name),
                        SubjectKind.User => (users, subject.Name),
                        _ => (users, $"system:serviceaccount:{subject.Namespace}:{subject.Name}"),
                    };
                    if (!index.TryGetValue(key, out var list))
                    {
                        index[key] = list = [];
                    }

                    list.Add((order, binding, subject));
                }
            }

            _users = users.ToFrozenDictionary(StringComparer.Ordinal);
            _groups = groups.ToFrozenDictionary(StringComparer.Ordinal);
        }

        public IEnumerable<(BindingFact Binding, SubjectFact Subject)> BindingsOf(UserInfo user)
        {
            var found = new List<(int Order, BindingFact Binding, SubjectFact Subject)>();
            if (_users.TryGetValue(user.Name, out var own))
            {
                found.AddRange(own);
            }

            foreach (var group in user.Groups)
            {
                if (_groups.TryGetValue(group, out var shared))
                {
                    found.AddRange(shared);
                }
            }

            // By binding name, each once, so that equal snapshots give equal reasons.
            return found.OrderBy(f => f.Order).DistinctBy(f => f.Order).Select(f => (f.Binding, f.Subject));
        }
    }
}
