using Gantry.Server.Requests;

namespace Gantry.Server.Authorization.Rbac;

/// <summary>Nobody grants rights that they do not hold (RBAC documentation, "Privilege escalation prevention and bootstrapping").</summary>
public static class Escalation
{
    /// <summary>Why the user may not grant these rules in that namespace, or null. Callers ask for the <c>escalate</c> and <c>bind</c> verbs before.</summary>
    public static string? Refusal(RbacSnapshot snapshot, UserInfo user, string ns, IReadOnlyList<PolicyRule> granted)
    {
        var unresolved = new List<string>();
        var held = snapshot.GrantsOf(user, ns, unresolved).Select(g => g.Rule).ToList();
        var missing = Missing(held, granted);
        if (missing.Count == 0)
        {
            return null;
        }

        var lines = Compact(missing).Select(r => r.ToString()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var text = $"user {GoText.Quote(user.Name)} (groups={GoText.List(user.Groups)}) is attempting to grant RBAC permissions not currently held:\n"
            + string.Join('\n', lines);
        return unresolved.Count == 0 ? text : text + $"; resolution errors: [{GoText.Aggregate(unresolved)}]";
    }

    /// <summary>The parts of <paramref name="wanted"/> that no held rule covers.</summary>
    public static IReadOnlyList<PolicyRule> Missing(IReadOnlyList<PolicyRule> held, IReadOnlyList<PolicyRule> wanted) =>
        [.. wanted.SelectMany(r => r.Atoms()).Where(atom => !held.Any(rule => rule.Covers(atom)))];

    /// <summary>Joins the verbs of atoms that agree in group, resource and name.</summary>
    public static IReadOnlyList<PolicyRule> Compact(IReadOnlyList<PolicyRule> atoms)
    {
        var resources = atoms.Where(a => a.Urls.Count == 0)
            .GroupBy(a => (Group: a.Groups[0], Resource: a.Resources[0], Name: a.Names.Count == 0 ? null : a.Names[0]))
            .Select(g => new PolicyRule
            {
                Groups = [g.Key.Group],
                Resources = [g.Key.Resource],
                Names = g.Key.Name is null ? [] : [g.Key.Name],
                Verbs = [.. g.Select(a => a.Verbs[0]).Distinct(StringComparer.Ordinal)],
            });
        return [.. resources, .. atoms.Where(a => a.Urls.Count > 0)];
    }
}
