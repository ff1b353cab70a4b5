using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.Tests.Properties;

/// <summary>Nodes and pods with every kind of constraint, drawn from a seed.</summary>
internal sealed class RandomWorld(int seed)
{
    private static readonly string[] Apps = ["web", "db", "cache"];
    private static readonly string[] Keys = [NodeFact.HostnameKey, NodeFact.ZoneKey, "rack"];

    private readonly Random _dice = new(seed);

    public int Next(int below) => _dice.Next(below);

    public NodeFact Node(int index)
    {
        var node = Make.Node(
            $"n{index}",
            cpu: _dice.Next(5) * 500,
            memory: _dice.Next(1, 5) * Make.Gi,
            pods: _dice.Next(1, 8),
            zone: Chance(80) ? $"z{_dice.Next(3)}" : null);
        node = Chance(70) ? node.With("rack", $"r{_dice.Next(4)}") : node;
        node = Chance(50) ? node.With("disk", Chance(50) ? "ssd" : "hdd") : node;
        return node with
        {
            Unschedulable = Chance(5),
            Taints = Chance(20) ? [new Taint("t", $"{_dice.Next(2)}", (TaintEffect)_dice.Next(3))] : [],
        };
    }

    public PodFact Pod(int index)
    {
        var pod = Make.Pod(
            $"p{index}", cpu: _dice.Next(4) * 250, memory: _dice.Next(3) * Make.Gi / 2, priority: _dice.Next(3), app: Pick(Apps),
            ns: Chance(80) ? "default" : "other");
        return pod with
        {
            Terminating = Chance(5),
            Tolerations = Chance(30) ? [new Toleration("t", Chance(50), $"{_dice.Next(2)}", Chance(50) ? null : (TaintEffect)_dice.Next(3))] : [],
            NodeSelector = Chance(15) ? Selector.OfLabels(new Dictionary<string, string> { ["disk"] = "ssd" }) : Selector.Everything,
            NodeTerms = Chance(10) ? [new NodeTerm([new Requirement("rack", Comparison.NotIn, $"r{_dice.Next(4)}")], [])] : null,
            Ports = Chance(15) ? [new HostPort(Chance(50) ? "" : "10.0.0.1", "TCP", 80 + _dice.Next(2))] : [],
            Affinity = Chance(20) ? Terms() : [],
            AntiAffinity = Chance(20) ? Terms() : [],
            PreferredAffinity = Chance(20) ? [.. Terms().Select(t => new PreferredPodTerm(_dice.Next(1, 100), t))] : [],
            PreferredAntiAffinity = Chance(20) ? [.. Terms().Select(t => new PreferredPodTerm(_dice.Next(1, 100), t))] : [],
            Spread = Chance(25) ? [.. Enumerable.Range(0, _dice.Next(1, 3)).Select(_ => Constraint())] : [],
        };
    }

    private SpreadConstraint Constraint() => Make.Spread(Pick(Apps), Pick(Keys), _dice.Next(1, 3), Chance(70)) with
    {
        MinDomains = _dice.Next(1, 4),
        HonorNodeAffinity = Chance(70),
        HonorTaints = Chance(30),
    };

    private PodTerm[] Terms() => [.. Enumerable.Range(0, _dice.Next(1, 3)).Select(_ => Make.Term(Pick(Apps), Pick(Keys), Chance(80) ? "default" : "other"))];

    private bool Chance(int percent) => _dice.Next(100) < percent;

    private string Pick(string[] from) => from[_dice.Next(from.Length)];
}
