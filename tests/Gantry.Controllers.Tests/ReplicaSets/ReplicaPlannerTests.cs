using Gantry.Api.Models;
using Gantry.Client.Selectors;
using Gantry.Controllers.Intents;
using Gantry.Controllers.ReplicaSets;

namespace Gantry.Controllers.Tests.ReplicaSets;

public sealed class ReplicaPlannerTests
{
    [Fact]
    public void Missing_pods_are_made_from_the_template_and_belong_to_the_set()
    {
        var plan = ReplicaPlanner.Plan(View(3, Owned(Make.Pod("a"))));
        var made = Changes(plan).Cast<Create<V1Pod>>().Select(c => c.Object).ToList();
        Assert.Equal(2, made.Count);
        Assert.All(made, p => Assert.Equal(("web-", "default", "set-uid"), (p.Metadata.GenerateName, p.Metadata.Namespace, p.Metadata.OwnerReferences[0].Uid)));
        Assert.Equal(2, plan.Change);
    }

    [Fact]
    public void Ended_and_deleted_pods_are_replaced() =>
        Assert.Equal(2, ReplicaPlanner.Plan(View(2, Owned(Make.Pod("a", "Failed")), Owned(Make.Deleted(Make.Pod("b"))))).Change);

    [Fact]
    public void A_set_that_is_deleted_makes_no_pods()
    {
        var view = View(2);
        Assert.Empty(ReplicaPlanner.Plan(view with { Owner = view.Owner with { DeletionTimestamp = Make.Now } }).Intents);
    }

    [Fact]
    public void Of_too_many_pods_those_go_first_that_are_missed_least()
    {
        V1Pod[] pods =
        [
            Make.Pod("keep-old"),
            Make.Pod("young", since: Make.Now.AddSeconds(-20)),
            Make.Pod("not-ready", ready: false),
            Make.Pod("pending", "Pending"),
            Make.Pod("nowhere", "Pending", node: ""),
        ];
        foreach (var (wanted, gone) in new[] { (4, "nowhere"), (3, "nowhere pending"), (2, "nowhere pending not-ready"), (1, "nowhere pending not-ready young") })
        {
            Assert.Equal(gone, Gone(ReplicaPlanner.Plan(View(wanted, [.. pods.Select(Owned)]))));
        }
    }

    [Fact]
    public void The_cost_that_a_user_gives_a_pod_decides_among_ready_ones()
    {
        var cheap = Make.Pod("cheap");
        cheap = cheap with { Metadata = cheap.Metadata with { Annotations = new Dictionary<string, string> { ["controller.kubernetes.io/pod-deletion-cost"] = "-5" } } };
        Assert.Equal("cheap", Gone(ReplicaPlanner.Plan(View(2, Owned(Make.Pod("a")), Owned(cheap), Owned(Make.Pod("b", since: Make.Now))))));
    }

    [Fact]
    public void Pods_on_crowded_nodes_go_before_others()
    {
        var view = View(2, Owned(Make.Pod("a", node: "quiet")), Owned(Make.Pod("b", node: "crowded")), Owned(Make.Pod("c", node: "crowded")));
        var plan = ReplicaPlanner.Plan(view with { PerNode = new Dictionary<string, int> { ["crowded"] = 2, ["quiet"] = 1 } });
        Assert.True(Gone(plan) is "b" or "c");
    }

    [Fact]
    public void A_matching_orphan_is_adopted_instead_of_making_a_new_pod()
    {
        var plan = ReplicaPlanner.Plan(View(1, Make.Pod("stray")));
        Assert.IsType<Patch<V1Pod>>(Assert.Single(plan.Intents));
        Assert.Equal(0, plan.Change);
    }

    [Fact]
    public void A_pod_that_no_longer_matches_is_released_and_replaced()
    {
        var pod = Owned(Make.Pod("a"));
        pod = pod with { Metadata = pod.Metadata with { Labels = new Dictionary<string, string> { ["app"] = "debug" } } };
        var plan = ReplicaPlanner.Plan(View(1, pod));
        Assert.IsType<Patch<V1Pod>>(plan.Intents[0]);
        Assert.Equal(1, plan.Change);
    }

    [Fact]
    public void Very_many_pods_come_in_portions() => Assert.Equal(500, ReplicaPlanner.Plan(View(5000)).Change);

    [Fact]
    public void Availability_waits_for_the_seconds_a_pod_must_be_ready()
    {
        var view = View(2, Owned(Make.Pod("a", since: Make.Now.AddSeconds(-10))), Owned(Make.Pod("b", since: Make.Now.AddSeconds(-40)))) with { MinReadySeconds = 30 };
        var counts = ReplicaPlanner.Count(view, view.Pods);
        Assert.Equal((2, 2, 1, TimeSpan.FromSeconds(20)), (counts.Replicas, counts.Ready, counts.Available, counts.NextAvailable));
    }

    [Fact]
    public void However_many_pods_there_are_the_plan_leads_to_the_wanted_number_and_touches_no_foreign_pod()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var dice = new Random(seed);
            var pods = Enumerable.Range(0, dice.Next(12)).Select(i =>
            {
                var pod = Make.Pod($"p{i}", dice.Next(4) switch { 0 => "Pending", 1 => "Failed", _ => "Running" }, dice.Next(2) == 0, dice.Next(3) == 0 ? "" : "n" + dice.Next(3));
                pod = dice.Next(5) == 0 ? Make.Deleted(pod) : pod;
                return dice.Next(4) == 0 ? Make.OwnedBy(pod, "ReplicaSet", "other", "other-uid") : Owned(pod);
            }).ToArray();
            var wanted = dice.Next(8);
            var plan = ReplicaPlanner.Plan(View(wanted, pods));
            Assert.Equal(wanted, plan.Active.Count + plan.Change);
            Assert.All(plan.Active, p => Assert.Equal("set-uid", p.Metadata.OwnerReferences[0].Uid));
            var gone = Changes(plan).OfType<Delete<V1Pod>>().Select(d => d.Key.Name).ToList();
            Assert.Equal(gone.Distinct(), gone);
            Assert.Subset(plan.Active.Select(p => p.Metadata.Name).ToHashSet(), gone.ToHashSet());
        }
    }

    private static V1Pod Owned(V1Pod pod) => Make.OwnedBy(pod, "ReplicaSet", "web", "set-uid");

    private static IEnumerable<Intent> Changes(ReplicaPlan plan) => plan.Intents.OfType<Together>().SelectMany(t => t.Intents);

    private static string Gone(ReplicaPlan plan) => string.Join(' ', Changes(plan).Cast<Delete<V1Pod>>().Select(d => d.Key.Name));

    private static ReplicaView View(int wanted, params V1Pod[] pods) => new()
    {
        Subject = new V1ObjectReference(),
        Reference = new V1OwnerReference { ApiVersion = "apps/v1", Kind = "ReplicaSet", Name = "web", Uid = "set-uid", Controller = true },
        Owner = new V1ObjectMeta { Namespace = "default", Name = "web", Uid = "set-uid" },
        Wanted = wanted,
        Selector = LabelSelector.Of(new Dictionary<string, string> { ["app"] = "web" }),
        Template = Make.Template(),
        Pods = pods,
        Now = Make.Now,
    };
}
