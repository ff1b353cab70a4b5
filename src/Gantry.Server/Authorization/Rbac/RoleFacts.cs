namespace Gantry.Server.Authorization.Rbac;

/// <summary>A Role, or a ClusterRole where <see cref="Namespace"/> is empty, as the evaluator needs it.</summary>
public sealed record RoleFact(string Namespace, string Name, IReadOnlyList<PolicyRule> Rules);

public enum SubjectKind
{
    User,
    Group,
    ServiceAccount,
}

/// <summary>Who a binding speaks of.</summary>
public sealed record SubjectFact(SubjectKind Kind, string Namespace, string Name)
{
    /// <summary>The subject as the reason of a decision names it.</summary>
    public override string ToString() => Kind == SubjectKind.ServiceAccount
        ? $"ServiceAccount {GoText.Quote(Name + "/" + Namespace)}"
        : $"{Kind} {GoText.Quote(Name)}";
}

/// <summary>A RoleBinding, or a ClusterRoleBinding where <see cref="Namespace"/> is empty.</summary>
/// <param name="Namespace">Where it grants.</param>
/// <param name="Name">Its name.</param>
/// <param name="ToClusterRole">Whether the role it refers to is a ClusterRole.</param>
/// <param name="Role">The role's name.</param>
/// <param name="Subjects">To whom it grants.</param>
public sealed record BindingFact(string Namespace, string Name, bool ToClusterRole, string Role, IReadOnlyList<SubjectFact> Subjects);
