using Gantry.Server.Pipeline;

namespace Gantry.Server.Audit;

/// <summary>One rule; what it does not name, it does not care about.</summary>
public sealed record AuditRule
{
    public required AuditDecision Decision { get; init; }

    public IReadOnlyList<string> Users { get; init; } = [];

    public IReadOnlyList<string> UserGroups { get; init; } = [];

    public IReadOnlyList<string> Verbs { get; init; } = [];

    public IReadOnlyList<AuditGroupResources> Resources { get; init; } = [];

    /// <summary>The empty name stands for what is in no namespace.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>Paths, or beginnings of paths with a final <c>*</c>.</summary>
    public IReadOnlyList<string> NonResourceUrls { get; init; } = [];

    /// <summary>Whether the rule is about that request.</summary>
    public bool Matches(AuthorizationAttributes asked)
    {
        if ((Users.Count > 0 && !Has(Users, asked.User.Name)) || (UserGroups.Count > 0 && !asked.User.Groups.Any(g => Has(UserGroups, g)))
            || (Verbs.Count > 0 && !Has(Verbs, asked.Verb)))
        {
            return false;
        }

        return Namespaces.Count > 0 || Resources.Count > 0 ? MatchesResource(asked)
            : NonResourceUrls.Count == 0 || (!asked.IsResource && NonResourceUrls.Any(u => MatchesPath(u, asked.Path)));
    }

    private bool MatchesResource(AuthorizationAttributes asked) =>
        asked.IsResource && (Namespaces.Count == 0 || Has(Namespaces, asked.Namespace))
        && (Resources.Count == 0 || Resources.Any(r => r.Group == asked.Group
            && (r.Resources.Count == 0 || ((r.ResourceNames.Count == 0 || Has(r.ResourceNames, asked.Name)) && r.Resources.Any(n => MatchesName(n, asked))))));

    private static bool MatchesName(string name, AuthorizationAttributes asked) =>
        name == "*"
        || name == (asked.Subresource.Length > 0 ? asked.Resource + "/" + asked.Subresource : asked.Resource)
        || (asked.Subresource.Length > 0 && name.StartsWith("*/", StringComparison.Ordinal) && name.AsSpan(2).SequenceEqual(asked.Subresource))
        || (name.EndsWith("/*", StringComparison.Ordinal) && name.AsSpan(0, name.Length - 2).SequenceEqual(asked.Resource));

    private static bool MatchesPath(string rule, string path) =>
        rule == "*" || rule == path || (rule.EndsWith('*') && path.AsSpan().StartsWith(rule.AsSpan().TrimEnd('*'), StringComparison.Ordinal));

    private static bool Has(IReadOnlyList<string> list, string value) => list.Contains(value, StringComparer.Ordinal);
}
