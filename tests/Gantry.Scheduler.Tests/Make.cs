using Gantry.Scheduler.Decisions;
using Gantry.Scheduler.Facts;
using Gantry.Scheduler.State;

namespace Gantry.Scheduler.Tests;

/// <summary>Short ways to say which cluster and which pod a test is about.</summary>
internal static class Make
{
    public const long Gi = 1L << 30;

    public static Cluster Cluster(params NodeFact[] nodes)
    {
        var cluster = new Cluster();
        foreach (var node in nodes)
        {
            cluster.SetNode(node);
        }

        return cluster;
    }

    public static NodeFact Node(string name, long cpu = 4000, long memory = 8 * Gi, int pods = 110, string? zone = null, params Taint[] taints)
    {
        var labels = new Dictionary<string, string> { [NodeFact.HostnameKey] = name };
        if (zone is not null)
        {
            labels[NodeFact.ZoneKey] = zone;
        }

        return new NodeFact
        {
            Name = name,
            Labels = labels,
            Taints = taints,
            Allocatable = new Resources { MilliCpu = cpu, Memory = memory, EphemeralStorage = 100 * Gi },
            MaxPods = pods,
        };
    }

    public static NodeFact With(this NodeFact node, string key, string value) =>
        node with { Labels = new Dictionary<string, string>(node.Labels) { [key] = value } };

    public static PodFact Pod(string name, long cpu = 100, long memory = 0, int priority = 0, string on = "", string app = "", string ns = "default") =>
        new()
        {
            Uid = $"{ns}/{name}",
            Namespace = ns,
            Name = name,
            NodeName = on,
            Priority = priority,
            Labels = app.Length == 0 ? [] : new Dictionary<string, string> { ["app"] = app },
            Requests = new Resources { MilliCpu = cpu, Memory = memory },
            ScoredMilliCpu = cpu == 0 ? 100 : cpu,
            ScoredMemory = memory == 0 ? 200L << 20 : memory,
        };

    public static Selector App(string app) => Selector.OfLabels(new Dictionary<string, string> { ["app"] = app });

    public static PodTerm Term(string app, string key = NodeFact.HostnameKey, string ns = "default") => new(key, App(app), [ns]);

    public static SpreadConstraint Spread(string app, string key = NodeFact.ZoneKey, int skew = 1, bool hard = true) =>
        new() { TopologyKey = key, Selector = App(app), MaxSkew = skew, Hard = hard };

    public static Decision Decide(this Cluster cluster, PodFact pod, int seed = 1) =>
        new Placement(new SchedulerOptions { Seed = seed }).Decide(cluster, pod);

    /// <summary>The chosen node; fails the test with the summary when there is none.</summary>
    public static string Chosen(this Cluster cluster, PodFact pod, int seed = 1) => cluster.Decide(pod, seed) switch
    {
        Decision.Place place => place.Node,
        Decision.Refuse refuse => throw new Xunit.Sdk.XunitException("refused: " + refuse.Diagnosis.Summary),
        _ => throw new InvalidOperationException(),
    };

    public static Diagnosis Refused(this Cluster cluster, PodFact pod) =>
        Assert.IsType<Decision.Refuse>(cluster.Decide(pod)).Diagnosis;

    public static PreemptionResult Preempt(this Cluster cluster, PodFact pod, params BudgetFact[] budgets) =>
        new Preemption(new SchedulerOptions()).Find(cluster, pod, cluster.Refused(pod), budgets);
}
