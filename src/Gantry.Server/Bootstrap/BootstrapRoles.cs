using Gantry.Api.Models;

namespace Gantry.Server.Bootstrap;

/// <summary>The RBAC objects every cluster starts with.</summary>
public sealed record BootstrapRoles
{
    public const string AutoUpdate = "rbac.authorization.kubernetes.io/autoupdate";

    private const string Group = "rbac.authorization.k8s.io";

    public required IReadOnlyList<V1ClusterRole> ClusterRoles { get; init; }

    public required IReadOnlyList<V1Role> Roles { get; init; }

    public required IReadOnlyList<V1ClusterRoleBinding> ClusterRoleBindings { get; init; }

    public required IReadOnlyList<V1RoleBinding> RoleBindings { get; init; }

    public static BootstrapRoles Load()
    {
        var (clusterRoles, roles) = (new List<V1ClusterRole>(), new List<V1Role>());
        foreach (var (head, lines) in BootstrapText.Blocks("roles.txt"))
        {
            var metadata = Metadata(head);
            var rules = lines.Where(l => l[0] != "aggregate").Select(Rule).ToList();
            if (metadata.Namespace.Length > 0)
            {
                roles.Add(new V1Role { Metadata = metadata, Rules = rules });
                continue;
            }

            var gathered = lines.Where(l => l[0] == "aggregate").Select(l => new V1LabelSelector { MatchLabels = Pair(l[1]) }).ToList();
            clusterRoles.Add(new V1ClusterRole
            {
                Metadata = metadata,
                Rules = rules,
                AggregationRule = gathered.Count == 0 ? null : new V1AggregationRule { ClusterRoleSelectors = gathered },
            });
        }

        var (clusterBindings, bindings) = (new List<V1ClusterRoleBinding>(), new List<V1RoleBinding>());
        foreach (var (head, _) in BootstrapText.Blocks("bindings.txt"))
        {
            var metadata = Metadata(head);
            var role = BootstrapText.After(head, "to")!;
            var ofCluster = role.StartsWith("cluster:", StringComparison.Ordinal);
            var reference = new V1RoleRef { ApiGroup = Group, Kind = ofCluster ? "ClusterRole" : "Role", Name = ofCluster ? role["cluster:".Length..] : role };
            var subjects = Subjects(head[^1]);
            if (metadata.Namespace.Length > 0)
            {
                bindings.Add(new V1RoleBinding { Metadata = metadata, RoleRef = reference, Subjects = subjects });
            }
            else
            {
                clusterBindings.Add(new V1ClusterRoleBinding { Metadata = metadata, RoleRef = reference, Subjects = subjects });
            }
        }

        return new BootstrapRoles { ClusterRoles = clusterRoles, Roles = roles, ClusterRoleBindings = clusterBindings, RoleBindings = bindings };
    }

    private static V1ObjectMeta Metadata(string[] head)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["kubernetes.io/bootstrapping"] = "rbac-defaults" };
        if (BootstrapText.After(head, "label", 2) is { } label)
        {
            var (key, value) = Pair(label).Single();
            labels[key] = value;
        }

        return new V1ObjectMeta
        {
            Name = head[1],
            Namespace = BootstrapText.After(head, "in", 2) ?? "",
            Labels = labels,
            Annotations = new Dictionary<string, string>(StringComparer.Ordinal) { [AutoUpdate] = "true" },
        };
    }

    private static V1PolicyRule Rule(string[] words) => words[1] == "url"
        ? new V1PolicyRule { Verbs = BootstrapText.List(words[0]), NonResourceURLs = BootstrapText.List(words[2]) }
        : new V1PolicyRule
        {
            Verbs = BootstrapText.List(words[0]),
            ApiGroups = BootstrapText.Groups(BootstrapText.After(words, "of", 2)),
            Resources = BootstrapText.List(words[1]),
            ResourceNames = BootstrapText.After(words, "named", 2) is { } names ? BootstrapText.List(names) : [],
        };

    private static List<RbacV1Subject> Subjects(string column)
    {
        if (column == "-")
        {
            return [];
        }

        return [.. BootstrapText.List(column).Select(Subject)];
    }

    private static RbacV1Subject Subject(string text)
    {
        var (kind, name) = Split(text, ':');
        if (kind != "account")
        {
            return new RbacV1Subject { Kind = kind == "user" ? "User" : "Group", ApiGroup = Group, Name = name };
        }

        var (ns, account) = Split(name, '/');
        return new RbacV1Subject { Kind = "ServiceAccount", Namespace = ns, Name = account };
    }

    private static Dictionary<string, string> Pair(string text)
    {
        var (key, value) = Split(text, '=');
        return new Dictionary<string, string>(StringComparer.Ordinal) { [key] = value };
    }

    internal static (string Before, string After) Split(string text, char at)
    {
        var index = text.IndexOf(at, StringComparison.Ordinal);
        return (text[..index], text[(index + 1)..]);
    }
}
