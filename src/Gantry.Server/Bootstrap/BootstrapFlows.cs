using System.Globalization;
using Gantry.Api.Models;

namespace Gantry.Server.Bootstrap;

/// <summary>The flow control objects every cluster starts with.</summary>
public sealed record BootstrapFlows
{
    public const string AutoUpdate = "apf.kubernetes.io/autoupdate-spec";

    public required IReadOnlyList<V1PriorityLevelConfiguration> Levels { get; init; }

    public required IReadOnlyList<V1FlowSchema> Flows { get; init; }

    public static BootstrapFlows Load()
    {
        var (levels, flows) = (new List<V1PriorityLevelConfiguration>(), new List<V1FlowSchema>());
        foreach (var (head, lines) in BootstrapText.Blocks("flows.txt"))
        {
            if (head[0] == "level")
            {
                levels.Add(Level(head));
            }
            else
            {
                flows.Add(Flow(head, lines));
            }
        }

        return new BootstrapFlows { Levels = levels, Flows = flows };
    }

    private static V1PriorityLevelConfiguration Level(string[] head)
    {
        var spec = head[2] == "exempt"
            ? new V1PriorityLevelConfigurationSpec { Type = "Exempt", Exempt = new V1ExemptPriorityLevelConfiguration { NominalConcurrencyShares = 0, LendablePercent = 0 } }
            : new V1PriorityLevelConfigurationSpec
            {
                Type = "Limited",
                Limited = new V1LimitedPriorityLevelConfiguration
                {
                    NominalConcurrencyShares = Number(head[2]),
                    LendablePercent = Number(BootstrapText.After(head, "lends")!),
                    LimitResponse = BootstrapText.After(head, "queues") is { } queues
                        ? new V1LimitResponse
                        {
                            Type = "Queue",
                            Queuing = new V1QueuingConfiguration
                            {
                                Queues = Number(queues),
                                HandSize = Number(BootstrapText.After(head, "hand")!),
                                QueueLengthLimit = Number(BootstrapText.After(head, "length")!),
                            },
                        }
                        : new V1LimitResponse { Type = "Reject" },
                },
            };
        return new V1PriorityLevelConfiguration { Metadata = Metadata(head[1]), Spec = spec };
    }

    private static V1FlowSchema Flow(string[] head, List<string[]> lines)
    {
        var by = BootstrapText.After(head, "by");
        return new V1FlowSchema
        {
            Metadata = Metadata(head[1]),
            Spec = new V1FlowSchemaSpec
            {
                MatchingPrecedence = Number(head[2]),
                PriorityLevelConfiguration = new V1PriorityLevelConfigurationReference { Name = BootstrapText.After(head, "to")! },
                DistinguisherMethod = by is null ? null : new V1FlowDistinguisherMethod { Type = "By" + by },
                Rules =
                [
                    new V1PolicyRulesWithSubjects
                    {
                        Subjects = [.. BootstrapText.List(BootstrapText.After(head, "for")!).Select(Subject)],
                        ResourceRules = [.. lines.Where(l => l[1] != "url").Select(ResourceRule)],
                        NonResourceRules = [.. lines.Where(l => l[1] == "url").Select(UrlRule)],
                    },
                ],
            },
        };
    }

    private static V1ResourcePolicyRule ResourceRule(string[] words) => new()
    {
        Verbs = BootstrapText.List(words[0]),
        ApiGroups = BootstrapText.Groups(BootstrapText.After(words, "of", 2)),
        Resources = BootstrapText.List(words[1]),
        ClusterScope = BootstrapText.After(words, "in", 2) == "cluster",
        Namespaces = ["*"],
    };

    private static V1NonResourcePolicyRule UrlRule(string[] words) => new()
    {
        Verbs = BootstrapText.List(words[0]),
        NonResourceURLs = BootstrapText.List(words[2]),
    };

    private static FlowcontrolV1Subject Subject(string text)
    {
        var (kind, name) = BootstrapRoles.Split(text, ':');
        switch (kind)
        {
            case "user":
                return new FlowcontrolV1Subject { Kind = "User", User = new V1UserSubject { Name = name } };
            case "group":
                return new FlowcontrolV1Subject { Kind = "Group", Group = new V1GroupSubject { Name = name } };
            default:
                var (ns, account) = BootstrapRoles.Split(name, '/');
                return new FlowcontrolV1Subject { Kind = "ServiceAccount", ServiceAccount = new V1ServiceAccountSubject { Namespace = ns, Name = account } };
        }
    }

    private static V1ObjectMeta Metadata(string name) => new()
    {
        Name = name,
        Annotations = new Dictionary<string, string>(StringComparer.Ordinal) { [AutoUpdate] = "true" },
    };

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
