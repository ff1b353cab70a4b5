namespace Gantry.Server.Authorization.Rbac;

/// <summary>A rule that holds for a user, and why.</summary>
public sealed record Grant(PolicyRule Rule, BindingFact Binding, SubjectFact Subject)
{
    /// <summary>The reason of a permission, as access reviews and the audit log show it.</summary>
    public string Reason
    {
        get
        {
            var binding = Binding.Namespace.Length == 0
                ? "ClusterRoleBinding " + GoText.Quote(Binding.Name)
                : "RoleBinding " + GoText.Quote(Binding.Name + "/" + Binding.Namespace);
            return $"RBAC: allowed by {binding} of {(Binding.ToClusterRole ? "ClusterRole" : "Role")} {GoText.Quote(Binding.Role)} to {Subject}";
        }
    }
}
