using System.Text;

namespace Gantry.Server.Authorization.Rbac;

/// <summary>
/// What a role allows (rbac/v1 PolicyRule): verbs on resources, or verbs on plain URLs. Semantics of the field lists are those of the
/// Kubernetes RBAC documentation: <c>*</c> matches everything, an empty list of names means every object.
/// </summary>
public sealed class PolicyRule : IEquatable<PolicyRule>
{
    public IReadOnlyList<string> Verbs { get; init; } = [];

    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Plurals, <c>plural/subresource</c>, <c>*/subresource</c> or <c>*</c>.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Paths; a final <c>*</c> matches any continuation.</summary>
    public IReadOnlyList<string> Urls { get; init; } = [];

    /// <summary>Everything there is: what an owner of an aggregating role must hold.</summary>
    public static IReadOnlyList<PolicyRule> FullAuthority { get; } =
    [
        new() { Verbs = ["*"], Groups = ["*"], Resources = ["*"] },
        new() { Verbs = ["*"], Urls = ["*"] },
    ];

    public bool AllowsResource(string verb, string group, string resource, string subresource, string name) =>
        Has(Verbs, verb) && Has(Groups, group) && MatchesResource(resource, subresource)
        && (Names.Count == 0 || Names.Contains(name, StringComparer.Ordinal));

    public bool AllowsUrl(string verb, string path) => Has(Verbs, verb) && Urls.Any(u => UrlMatches(u, path));

    /// <summary>Whether this rule allows everything that <paramref name="atom"/> does. The atom has at most one item in each list.</summary>
    public bool Covers(PolicyRule atom) =>
        atom.Verbs.All(v => Has(Verbs, v))
        && atom.Groups.All(g => Has(Groups, g))
        && atom.Resources.All(CoversResource)
        && (atom.Urls.Count == 0 || atom.Urls.All(path => Urls.Any(u => UrlMatches(u, path))))
        && (Names.Count == 0 || (atom.Names.Count > 0 && atom.Names.All(n => Names.Contains(n, StringComparer.Ordinal))));

    /// <summary>The same rights as rules with one verb, one group, one resource and at most one name each.</summary>
    public IEnumerable<PolicyRule> Atoms()
    {
        IReadOnlyList<string?> names = Names.Count == 0 ? [null] : [.. Names];
        foreach (var group in Groups)
        {
            foreach (var resource in Resources)
            {
                foreach (var verb in Verbs)
                {
                    foreach (var name in names)
                    {
                        yield return new PolicyRule { Verbs = [verb], Groups = [group], Resources = [resource], Names = name is null ? [] : [name] };
                    }
                }
            }
        }

        foreach (var url in Urls)
        {
            foreach (var verb in Verbs)
            {
                yield return new PolicyRule { Verbs = [verb], Urls = [url] };
            }
        }
    }

    public bool Equals(PolicyRule? other) =>
        other is not null && Same(Verbs, other.Verbs) && Same(Groups, other.Groups) && Same(Resources, other.Resources)
        && Same(Names, other.Names) && Same(Urls, other.Urls);

    public override bool Equals(object? obj) => Equals(obj as PolicyRule);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var text in Verbs.Concat(Groups).Concat(Resources).Concat(Names).Concat(Urls))
        {
            hash.Add(text, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }

    /// <summary>The compact form that refusals print: only lists that hold something.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("{");
        Append(text, "APIGroups", Groups);
        Append(text, "Resources", Resources);
        Append(text, "NonResourceURLs", Urls);
        Append(text, "ResourceNames", Names);
        Append(text, "Verbs", Verbs);
        return text.Append('}').ToString();
    }

    private bool MatchesResource(string resource, string subresource)
    {
        foreach (var pattern in Resources)
        {
            if (pattern == "*")
            {
                return true;
            }

            var slash = pattern.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0)
            {
                if (subresource.Length == 0 && string.Equals(pattern, resource, StringComparison.Ordinal))
                {
                    return true;
                }

                continue;
            }

            var head = pattern.AsSpan(0, slash);
            if (subresource.Length > 0 && pattern.AsSpan(slash + 1).SequenceEqual(subresource) && (head is "*" || head.SequenceEqual(resource)))
            {
                return true;
            }
        }

        return false;
    }

    private bool CoversResource(string wanted)
    {
        if (Has(Resources, wanted))
        {
            return true;
        }

        var slash = wanted.IndexOf('/', StringComparison.Ordinal);
        return slash >= 0 && Resources.Contains("*" + wanted[slash..], StringComparer.Ordinal);
    }

    private static bool Has(IReadOnlyList<string> list, string wanted)
    {
        foreach (var item in list)
        {
            if (item == "*" || string.Equals(item, wanted, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static bool UrlMatches(string pattern, string path) =>
        pattern == "*" || string.Equals(pattern, path, StringComparison.Ordinal)
        || (pattern.EndsWith('*') && path.StartsWith(pattern.TrimEnd('*'), StringComparison.Ordinal));

    private static bool Same(IReadOnlyList<string> a, IReadOnlyList<string> b) => a.SequenceEqual(b, StringComparer.Ordinal);

    private static void Append(StringBuilder text, string name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            _ = text.Append(text.Length > 1 ? ", " : "").Append(name).Append(':').Append(GoText.List(values));
        }
    }
}
