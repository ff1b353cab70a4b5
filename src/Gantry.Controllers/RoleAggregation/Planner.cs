using Gantry.Api.Models;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.RoleAggregation;

/// <summary>Fills ClusterRoles that are made of others. Pure.</summary>
public static class RoleAggregationPlanner
{
    /// <summary>Whether the role takes in roles with these labels.</summary>
    public static bool Takes(V1ClusterRole role, V1ClusterRole part) => role.Metadata.Name != part.Metadata.Name
        && role.AggregationRule?.ClusterRoleSelectors.Any(s => Selecting.Of(s)?.Matches(part.Metadata.Labels) == true) == true;

    /// <param name="role">The role.</param>
    /// <param name="roles">All roles.</param>
    public static IReadOnlyList<Intent> Plan(V1ClusterRole role, IEnumerable<V1ClusterRole> roles)
    {
        if (role.AggregationRule is not { } aggregation || role.Metadata.DeletionTimestamp is not null)
        {
            return [];
        }

        // Selector by selector, the roles by name, each rule once: a fixed order, so that equal roles give equal rules.
        var sorted = roles.OrderBy(r => r.Metadata.Name, StringComparer.Ordinal).ToList();
        var rules = new List<V1PolicyRule>();
        foreach (var selector in aggregation.ClusterRoleSelectors.Select(Selecting.Of))
        {
            foreach (var part in sorted.Where(p => p.Metadata.Name != role.Metadata.Name && selector?.Matches(p.Metadata.Labels) == true))
            {
                rules.AddRange(part.Rules.Where(r => !rules.Contains(r)).ToList());
            }
        }

        return rules.SequenceEqual(role.Rules) ? [] : [new Update<V1ClusterRole>(role with { Rules = rules })];
    }
}
