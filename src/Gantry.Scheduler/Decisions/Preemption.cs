using Gantry.Scheduler.Facts;
using Gantry.Scheduler.State;

namespace Gantry.Scheduler.Decisions;

/// <summary>
/// Finds the node where evicting pods of lower priority costs least. Candidates are the nodes whose refusal removing pods could lift;
/// on each, all lower-priority pods are taken away and, most important first, given back as long as the pod still fits. What cannot be
/// given back are the victims.
/// </summary>
public sealed class Preemption
{
    private const string NoVictims = "No preemption victims found for incoming pod";
    private const string NotHelpful = "Preemption is not helpful for scheduling";

    /// <summary>Kubernetes' defaults: a tenth of the candidates are tried, at least this many.</summary>
    private const int LeastCandidates = 100;

    private readonly Random _dice;

    public Preemption(SchedulerOptions options) => _dice = new Random(options.Seed);

    /// <summary>Decides; the cluster is the same afterwards as before.</summary>
    public PreemptionResult Find(Cluster cluster, PodFact pod, Diagnosis diagnosis, IReadOnlyList<BudgetFact> budgets)
    {
        if (Ineligible(cluster, pod, diagnosis) is { } reason)
        {
            return new PreemptionResult.NoRoom("preemption: " + reason, ClearsNomination: false);
        }

        var candidates = cluster.Order.Where(n => diagnosis.Verdicts.TryGetValue(n.Name, out var v) && v.Resolvable).ToArray();
        var refusals = new List<string>();
        var found = new List<Sacrifice>();
        var wanted = Math.Max(candidates.Length / 10, LeastCandidates);
        var start = candidates.Length == 0 ? 0 : _dice.Next(candidates.Length);
        var tried = 0;
        while (tried < candidates.Length && found.Count < wanted)
        {
            var node = candidates[(start + tried++) % candidates.Length];
            var (sacrifice, reasons) = Try(cluster, pod, node, budgets);
            if (sacrifice is not null)
            {
                found.Add(sacrifice);
            }
            else
            {
                refusals.AddRange(reasons);
            }
        }

        if (found.Count == 0)
        {
            var absent = diagnosis.TotalNodes - candidates.Length;
            return new PreemptionResult.NoRoom(
                "preemption: " + Diagnosis.Describe(diagnosis.TotalNodes, "", refusals, NotHelpful, absent), ClearsNomination: true);
        }

        var best = found.Min(Sacrifice.Cheapest)!;
        var losing = cluster.Nominations.On(best.Node).Where(p => p.Priority < pod.Priority).ToList();
        return new PreemptionResult.MakeRoom(best.Node, best.Victims, losing);
    }

    private static string? Ineligible(Cluster cluster, PodFact pod, Diagnosis diagnosis)
    {
        if (pod.NeverPreempts)
        {
            return "not eligible due to preemptionPolicy=Never.";
        }

        if (pod.NominatedNode.Length == 0 || cluster.FindNode(pod.NominatedNode) is not { } node)
        {
            return null;
        }

        // The promised node became impossible: a new one may be sought at once.
        if (diagnosis.Verdicts.TryGetValue(node.Name, out var verdict) && !verdict.Resolvable)
        {
            return null;
        }

        return node.Pods.Any(p => p.Terminating && p.Priority < pod.Priority)
            ? "not eligible due to a terminating pod on the nominated node."
            : null;
    }

    private static (Sacrifice? Sacrifice, IReadOnlyList<string> Reasons) Try(
        Cluster cluster, PodFact pod, NodeState node, IReadOnlyList<BudgetFact> budgets)
    {
        var lower = node.Pods.Where(p => p.Priority < pod.Priority).ToList();
        if (lower.Count == 0)
        {
            return (null, [NoVictims]);
        }

        var away = new HashSet<PodFact>(ReferenceEqualityComparer.Instance);
        try
        {
            foreach (var victim in lower)
            {
                cluster.RemovePod(victim.Uid);
                away.Add(victim);
            }

            var verdict = WhatIf.Test(Ask.For(cluster, pod), node);
            if (!verdict.Passes)
            {
                return (null, verdict.Reasons);
            }

            var (violating, others) = Budgets.Split(lower.OrderBy(p => p, Importance.MostFirst), budgets);
            var victims = new List<PodFact>();
            var violations = 0;
            foreach (var candidate in violating)
            {
                violations += Spare(cluster, pod, node, candidate, away, victims) ? 0 : 1;
            }

            foreach (var candidate in others)
            {
                Spare(cluster, pod, node, candidate, away, victims);
            }

            victims.Sort(Importance.MostFirst);
            return (new Sacrifice(node.Name, victims, violations), []);
        }
        finally
        {
            foreach (var victim in away)
            {
                cluster.SetPod(victim);
            }
        }
    }

    /// <summary>Gives a pod back if the preemptor still fits beside it; otherwise it is a victim.</summary>
    private static bool Spare(Cluster cluster, PodFact pod, NodeState node, PodFact candidate, HashSet<PodFact> away, List<PodFact> victims)
    {
        cluster.SetPod(candidate);
        if (WhatIf.Test(Ask.For(cluster, pod), node).Passes)
        {
            away.Remove(candidate);
            return true;
        }

        cluster.RemovePod(candidate.Uid);
        victims.Add(candidate);
        return false;
    }
}
