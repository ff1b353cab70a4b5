using Gantry.Scheduler.Decisions;
using Gantry.Scheduler.Facts;
using Gantry.Scheduler.State;

namespace Gantry.Scheduler.Tests.Properties;

/// <summary>A failure names the seed; running the test with that seed alone replays it.</summary>
public sealed class PlacementProperties
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_slow_and_obvious_rules_agree_on_every_node_whatever_came_and_went(int seed)
    {
        var world = new RandomWorld(seed);
        var (cluster, nodes, placed) = (new Cluster(), new List<NodeFact>(), new List<PodFact>());
        var placement = new Placement(new SchedulerOptions { Seed = seed });
        for (var step = 0; step < 120; step++)
        {
            Disturb(world, step, cluster, nodes, placed);
            var pod = world.Pod(step);
            var rules = new NaiveRules(nodes, placed);
            var fitting = nodes.Where(n => rules.Fits(pod, n)).Select(n => n.Name).ToHashSet();
            var ask = Ask.For(cluster, pod);
            Assert.Equal(fitting.Order(StringComparer.Ordinal), cluster.Nodes.Where(n => ask.Test(n).Passes).Select(n => n.Name).Order(StringComparer.Ordinal));

            switch (placement.Decide(cluster, pod))
            {
                case Decision.Place place:
                    Assert.Contains(place.Node, fitting);
                    var bound = pod with { NodeName = place.Node };
                    cluster.SetPod(bound);
                    placed.Add(bound);
                    break;
                case Decision.Refuse refuse:
                    Assert.Empty(fitting);
                    Assert.Equal(nodes.Count, refuse.Diagnosis.Verdicts.Count);
                    break;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void No_node_is_ever_overcommitted(int seed)
    {
        var world = new RandomWorld(seed);
        var nodes = Enumerable.Range(0, 8).Select(world.Node).ToList();
        var cluster = Make.Cluster([.. nodes]);
        var placement = new Placement(new SchedulerOptions { Seed = seed });
        var placed = new List<PodFact>();
        for (var i = 0; i < 150; i++)
        {
            var pod = world.Pod(i);
            if (placement.Decide(cluster, pod) is Decision.Place place)
            {
                cluster.SetPod(pod with { NodeName = place.Node });
                placed.Add(pod with { NodeName = place.Node });
            }
        }

        Assert.DoesNotContain(nodes, new NaiveRules(nodes, placed).Overcommitted);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Evicting_the_victims_makes_the_pod_fit_and_sparing_any_of_them_does_not(int seed)
    {
        var world = new RandomWorld(seed);
        var nodes = Enumerable.Range(0, 6).Select(world.Node).ToList();
        var cluster = Make.Cluster([.. nodes]);
        var placement = new Placement(new SchedulerOptions { Seed = seed });
        var placed = new List<PodFact>();
        for (var i = 0; i < 100; i++)
        {
            var pod = world.Pod(i);
            switch (placement.Decide(cluster, pod))
            {
                case Decision.Place place:
                    cluster.SetPod(pod with { NodeName = place.Node });
                    placed.Add(pod with { NodeName = place.Node });
                    break;
                case Decision.Refuse refuse when new Preemption(new SchedulerOptions()).Find(cluster, pod, refuse.Diagnosis, []) is PreemptionResult.MakeRoom room:
                    Assert.All(room.Victims, v => Assert.True(v.Priority < pod.Priority && v.NodeName == room.Node));
                    var node = nodes.Single(n => n.Name == room.Node);
                    Assert.True(new NaiveRules(nodes, [.. placed.Except(room.Victims)]).Fits(pod, node));
                    Assert.Equal(placed.Count, cluster.PodCount);
                    foreach (var victim in room.Victims)
                    {
                        cluster.RemovePod(victim.Uid);
                        placed.RemoveAll(p => p.Uid == victim.Uid);
                    }

                    break;
            }
        }
    }

    private static void Disturb(RandomWorld world, int step, Cluster cluster, List<NodeFact> nodes, List<PodFact> placed)
    {
        if (nodes.Count < 3 || world.Next(10) == 0)
        {
            var node = world.Node(step);
            cluster.SetNode(node);
            nodes.Add(node);
        }

        if (world.Next(12) == 0)
        {
            // The same node with other labels, taints and amounts.
            var index = world.Next(nodes.Count);
            var changed = world.Node(step) with { Name = nodes[index].Name };
            cluster.SetNode(changed);
            nodes[index] = changed;
        }

        if (nodes.Count > 6)
        {
            var gone = nodes[world.Next(nodes.Count)];
            cluster.RemoveNode(gone.Name);
            nodes.Remove(gone);
            foreach (var pod in placed.Where(p => p.NodeName == gone.Name).ToList())
            {
                cluster.RemovePod(pod.Uid);
                placed.Remove(pod);
            }
        }

        if (placed.Count > 0 && world.Next(3) == 0)
        {
            var pod = placed[world.Next(placed.Count)];
            cluster.RemovePod(pod.Uid);
            placed.Remove(pod);
        }
    }
}
