namespace Gantry.Server.Authorization.Rbac;

/// <summary>A ClusterRole as aggregation needs it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Rules">The rules it holds now.</param>
/// <param name="Selectors">What it aggregates: a role is taken in when any selector matches its labels. Empty for ordinary roles.</param>
public sealed record AggregatedRole(
    string Name,
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyList<PolicyRule> Rules,
    IReadOnlyList<Func<IReadOnlyDictionary<string, string>, bool>> Selectors);

/// <summary>Computes the rules of ClusterRoles that aggregate others (<c>aggregationRule</c>).</summary>
public static class RoleAggregation
{
    /// <summary>
    /// The roles whose rules are to change, with their new rules: selector by selector the matching roles by name, each rule once.
    /// Aggregates may aggregate aggregates; like in the field's controller each step takes what the others hold now, so callers plan again
    /// until nothing changes.
    /// </summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<PolicyRule> Rules)> Plan(IReadOnlyCollection<AggregatedRole> roles)
    {
        var byName = roles.OrderBy(r => r.Name, StringComparer.Ordinal).ToList();
        var plan = new List<(string, IReadOnlyList<PolicyRule>)>();
        foreach (var role in byName.Where(r => r.Selectors.Count > 0))
        {
            var rules = new List<PolicyRule>();
            foreach (var selector in role.Selectors)
            {
                foreach (var part in byName.Where(p => !ReferenceEquals(p, role) && selector(p.Labels)))
                {
                    rules.AddRange(part.Rules.Where(r => !rules.Contains(r)).ToList());
                }
            }

            if (!rules.SequenceEqual(role.Rules))
            {
                plan.Add((role.Name, rules));
            }
        }

        return plan;
    }
}
