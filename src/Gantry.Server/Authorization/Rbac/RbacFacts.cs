using Gantry.Api.Models;

namespace Gantry.Server.Authorization.Rbac;

/// <summary>The evaluator's facts from API objects.</summary>
public static class RbacFacts
{
    public static PolicyRule Of(V1PolicyRule rule) => new()
    {
        Verbs = rule.Verbs,
        Groups = rule.ApiGroups,
        Resources = rule.Resources,
        Names = rule.ResourceNames,
        Urls = rule.NonResourceURLs,
    };

    public static V1PolicyRule Model(PolicyRule rule) => new()
    {
        Verbs = rule.Verbs,
        ApiGroups = rule.Groups,
        Resources = rule.Resources,
        ResourceNames = rule.Names,
        NonResourceURLs = rule.Urls,
    };

    public static IReadOnlyList<PolicyRule> Of(IReadOnlyList<V1PolicyRule> rules) => [.. rules.Select(Of)];

    public static RoleFact Of(V1Role role) => new(role.Metadata.Namespace, role.Metadata.Name, Of(role.Rules));

    public static RoleFact Of(V1ClusterRole role) => new("", role.Metadata.Name, Of(role.Rules));

    public static BindingFact Of(V1RoleBinding binding) => new(
        binding.Metadata.Namespace, binding.Metadata.Name, binding.RoleRef.Kind == "ClusterRole", binding.RoleRef.Name, Of(binding.Subjects));

    public static BindingFact Of(V1ClusterRoleBinding binding) => new("", binding.Metadata.Name, true, binding.RoleRef.Name, Of(binding.Subjects));

    // Subjects of unknown kinds cannot be stored, and would grant nothing.
    private static IReadOnlyList<SubjectFact> Of(IReadOnlyList<RbacV1Subject> subjects) =>
    [
        .. subjects.Where(s => s.Kind is "User" or "Group" or "ServiceAccount").Select(s => new SubjectFact(
            s.Kind switch { "User" => SubjectKind.User, "Group" => SubjectKind.Group, _ => SubjectKind.ServiceAccount }, s.Namespace, s.Name)),
    ];
}
