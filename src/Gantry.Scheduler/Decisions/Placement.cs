using Gantry.Scheduler.Facts;
using Gantry.Scheduler.Scores;
using Gantry.Scheduler.State;

namespace Gantry.Scheduler.Decisions;

/// <summary>
/// Chooses a node for a pod. Equal clusters, pods, seeds and histories of calls give equal decisions: there is no clock and no input
/// but the arguments; the turn of the nodes and the dice carry over from call to call.
/// </summary>
public sealed class Placement
{
    /// <summary>Below this many nodes all are looked at, and at least this many fitting ones are looked for.</summary>
    private const int SmallCluster = 100;

    private readonly int _percentage;
    private readonly Random _dice;
    private readonly ScoreSheet _scores = new();
    private NodeState[] _feasible = [];
    private int _next;

    public Placement(SchedulerOptions options)
    {
        _percentage = options.PercentageOfNodesToScore;
        _dice = new Random(options.Seed);
    }

    /// <summary>Decides; the cluster is the same afterwards as before.</summary>
    public Decision Decide(Cluster cluster, PodFact pod)
    {
        var nodes = cluster.Order;
        if (_feasible.Length < nodes.Length)
        {
            _feasible = new NodeState[nodes.Length];
        }

        var ask = Ask.For(cluster, pod);
        if (ask.RefusedEverywhere is { } everywhere)
        {
            return new Decision.Refuse(new Diagnosis
            {
                TotalNodes = nodes.Length,
                Verdicts = nodes.ToDictionary(n => n.Name, _ => everywhere, StringComparer.Ordinal),
                EverywhereReason = string.Join(", ", everywhere.Reasons),
                RefusedBy = everywhere.By,
            });
        }

        // 1. Room made by an earlier preemption is taken first, if it is still there.
        if (pod.NominatedNode.Length > 0
            && cluster.FindNode(pod.NominatedNode) is { } nominated
            && WhatIf.Test(ask, nominated).Passes)
        {
            return Place(ask, nominated, evaluated: 1, feasible: 1);
        }

        // 2. Nodes that pass every test, enough of them, starting where the last search stopped.
        var search = ask.OnlyNodes is null ? Search(ask, nodes, Wanted(nodes.Length)) : SearchNamed(ask, nodes.Length);
        if (search.Feasible == 0)
        {
            return new Decision.Refuse(search.Explain(nodes.Length, ask));
        }

        // 3. The best of them.
        var found = _feasible.AsSpan(0, search.Feasible);
        var chosen = found.Length == 1 ? found[0] : Choose(_scores.Score(ask, found), found);
        return Place(ask, chosen, search.Evaluated, search.Feasible);
    }

    /// <summary>How many fitting nodes are enough, out of this many.</summary>
    public int Wanted(int nodes)
    {
        if (nodes < SmallCluster || _percentage == 100)
        {
            return nodes;
        }

        var percentage = _percentage > 0 ? _percentage : Math.Max(5, 50 - (nodes / 125));
        return Math.Max(SmallCluster, nodes * percentage / 100);
    }

    private static Decision.Place Place(Ask ask, NodeState node, int evaluated, int feasible) =>
        new Decision.Place(node.Name, evaluated, feasible, ask.Volumes?.Plan(node) ?? []);

    private Found Search(Ask ask, NodeState[] nodes, int wanted)
    {
        var found = new Found();
        var start = nodes.Length == 0 ? 0 : _next % nodes.Length;
        while (found.Evaluated < nodes.Length && found.Feasible < wanted)
        {
            var node = nodes[(start + found.Evaluated) % nodes.Length];
            found.Evaluated++;
            Look(ask, node, ref found);
        }

        _next = start + found.Evaluated;
        return found;
    }

    private Found SearchNamed(Ask ask, int total)
    {
        var found = new Found { Named = true };
        foreach (var name in ask.OnlyNodes!)
        {
            if (found.Evaluated < total && ask.Cluster.FindNode(name) is { } node)
            {
                found.Evaluated++;
                Look(ask, node, ref found);
            }
        }

        return found;
    }

    private void Look(Ask ask, NodeState node, ref Found found)
    {
        var verdict = WhatIf.Test(ask, node);
        if (verdict.Passes)
        {
            _feasible[found.Feasible++] = node;
        }
        else
        {
            (found.Refusals ??= new Dictionary<string, Verdict>(StringComparer.Ordinal)).Add(node.Name, verdict);
        }
    }

    private NodeState Choose(ReadOnlySpan<long> scores, ReadOnlySpan<NodeState> nodes)
    {
        var best = 0;
        var ties = 1;
        for (var i = 1; i < nodes.Length; i++)
        {
            if (scores[i] > scores[best])
            {
                best = i;
                ties = 1;
            }
            else if (scores[i] == scores[best] && _dice.Next(++ties) == 0)
            {
                // Each of n equals is kept with chance 1/n.
                best = i;
            }
        }

        return nodes[best];
    }

    private struct Found
    {
        public int Evaluated;
        public int Feasible;
        public bool Named;
        public Dictionary<string, Verdict>? Refusals;

        public readonly Diagnosis Explain(int total, Ask ask)
        {
            var verdicts = Refusals ?? new Dictionary<string, Verdict>(StringComparer.Ordinal);
            return new Diagnosis
            {
                TotalNodes = total,
                Verdicts = verdicts,
                AbsentReason = Named ? "node(s) didn't satisfy plugin(s) [NodeAffinity]" : "",
                RefusedBy = verdicts.Values.Aggregate(Named ? NodeTests.NodeAffinity : NodeTests.None, (all, v) => all | v.By),
            };
        }
    }
}
