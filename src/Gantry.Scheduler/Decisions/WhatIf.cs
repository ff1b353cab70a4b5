using Gantry.Scheduler.Facts;
using Gantry.Scheduler.State;

namespace Gantry.Scheduler.Decisions;

/// <summary>Tests a node while heeding pods that are not there yet but were promised the place.</summary>
internal static class WhatIf
{
    /// <summary>
    /// The verdict with the nominated pods of at least the same priority counted as present. It must hold without them too:
    /// they may never come, and the pod may rely on them (affinity).
    /// </summary>
    public static Verdict Test(Ask ask, NodeState node)
    {
        if (!ask.Cluster.Nominations.Any)
        {
            return ask.Test(node);
        }

        var promised = Promised(ask, node);
        if (promised.Count == 0)
        {
            return ask.Test(node);
        }

        var cluster = ask.Cluster;
        Verdict crowded;
        foreach (var pod in promised)
        {
            cluster.SetPod(pod);
        }

        try
        {
            crowded = Ask.For(cluster, ask.Pod).Test(node);
        }
        finally
        {
            foreach (var pod in promised)
            {
                cluster.RemovePod(pod.Uid);
            }
        }

        return crowded.Passes ? ask.Test(node) : crowded;
    }

    private static List<PodFact> Promised(Ask ask, NodeState node)
    {
        var promised = new List<PodFact>();
        foreach (var pod in ask.Cluster.Nominations.On(node.Name))
        {
            if (pod.Priority >= ask.Pod.Priority
                && !string.Equals(pod.Uid, ask.Pod.Uid, StringComparison.Ordinal)
                && ask.Cluster.FindPod(pod.Uid) is null)
            {
                promised.Add(pod with { NodeName = node.Name });
            }
        }

        return promised;
    }
}
