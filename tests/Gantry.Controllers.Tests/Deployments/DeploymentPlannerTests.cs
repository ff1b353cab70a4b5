using Gantry.Api.Models;
using Gantry.Controllers.Deployments;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.Tests.Deployments;

public sealed class DeploymentPlannerTests
{
    [Theory]
    [InlineData(10, "25%", "25%", 13, 8)]
    [InlineData(3, "25%", "25%", 4, 3)]
    [InlineData(1, "25%", "25%", 2, 1)]
    [InlineData(4, "0%", "0%", 4, 3)]
    [InlineData(0, "25%", "25%", 0, 0)]
    public void Percentages_of_surge_round_up_and_those_of_unavailability_down(int replicas, string surge, string unavailable, int most, int least)
    {
        var limits = Limits.Of(new DeploymentWorld(replicas, new(surge, unavailable)).Deployment.Spec);
        Assert.Equal((most, least), (limits.Most, limits.LeastAvailable));
    }

    [Fact]
    public void A_new_deployment_gets_a_set_of_its_template_at_full_size()
    {
        var world = new DeploymentWorld(3);
        world.Finish();
        var set = Assert.Single(world.Sets);
        Assert.Equal((3, "1"), (set.Spec.Replicas, set.Metadata.Annotations["deployment.kubernetes.io/revision"]));
        Assert.StartsWith("web-", set.Metadata.Name, StringComparison.Ordinal);
        Assert.Equal("1", world.Deployment.Metadata.Annotations["deployment.kubernetes.io/revision"]);
        Assert.Equal(("True", "NewReplicaSetAvailable"), (world.Condition("Progressing")?.Status, world.Condition("Progressing")?.Reason));
        Assert.Equal(("True", "MinimumReplicasAvailable"), (world.Condition("Available")?.Status, world.Condition("Available")?.Reason));
        Assert.Equal((3, 3, 3, 0), (world.Deployment.Status.Replicas, world.Deployment.Status.UpdatedReplicas, world.Deployment.Status.AvailableReplicas, world.Deployment.Status.UnavailableReplicas));
    }

    [Fact]
    public void An_update_goes_step_by_step_within_its_limits()
    {
        var world = new DeploymentWorld(4, new(1, 1));
        world.Finish();
        world.Roll("web:2");
        world.Settle();
        Assert.Equal("3 2", world.Sizes);
        world.Settle();
        Assert.Equal("3 2", world.Sizes);
        world.Progress(world.New, 2);
        world.Settle();
        Assert.Equal("1 4", world.Sizes);
        world.Finish();
        Assert.Equal("0 4", world.Sizes);
        Assert.Contains(world.Messages, m => m.StartsWith("Scaled up replica set web-", StringComparison.Ordinal) && m.EndsWith("from 0 to 1", StringComparison.Ordinal));
    }

    [Fact]
    public void A_rollback_reuses_the_old_set_as_a_new_revision()
    {
        var world = new DeploymentWorld(2);
        world.Finish();
        var first = world.New.Metadata.Name;
        world.Roll("web:2");
        world.Finish();
        world.Roll("web:1");
        world.Finish();
        Assert.Equal((2, first, "3"), (world.Sets.Count, world.New.Metadata.Name, world.New.Metadata.Annotations["deployment.kubernetes.io/revision"]));
        Assert.Equal("1", world.New.Metadata.Annotations["deployment.kubernetes.io/revision-history"]);
    }

    [Fact]
    public void A_paused_deployment_is_scaled_but_not_rolled()
    {
        var world = new DeploymentWorld(2);
        world.Finish();
        world.Change(s => s with { Paused = true });
        world.Roll("web:2");
        world.Settle();
        Assert.Equal("2", world.Sizes);
        Assert.Equal("DeploymentPaused", world.Condition("Progressing")?.Reason);
        world.Change(s => s with { Replicas = 5 });
        world.Settle();
        Assert.Equal("5", world.Sizes);
        world.Change(s => s with { Paused = false });
        world.Finish();
        Assert.Equal("0 5", world.Sizes);
    }

    [Fact]
    public void Old_sets_beyond_the_history_limit_go()
    {
        var world = new DeploymentWorld(1);
        world.Change(s => s with { RevisionHistoryLimit = 2 });
        foreach (var version in Enumerable.Range(1, 6))
        {
            world.Roll("web:" + version);
            world.Finish();
        }

        Assert.Equal(["4", "5", "6"], world.Sets.Select(s => s.Metadata.Annotations["deployment.kubernetes.io/revision"]).Order());
    }

    [Fact]
    public void A_rollout_that_does_not_move_is_reported_after_its_deadline_and_forgiven_when_it_moves()
    {
        var world = new DeploymentWorld(2);
        world.Finish();
        world.Roll("web:broken");
        world.Settle();
        world.Now += TimeSpan.FromSeconds(601);
        world.Settle();
        Assert.Equal(("False", "ProgressDeadlineExceeded"), (world.Condition("Progressing")?.Status, world.Condition("Progressing")?.Reason));
        world.Finish();
        Assert.Equal("NewReplicaSetAvailable", world.Condition("Progressing")?.Reason);
    }

    [Fact]
    public void Recreate_waits_until_the_last_old_pod_is_really_gone()
    {
        var world = new DeploymentWorld(3, strategy: "Recreate");
        world.Finish();
        var old = world.Sets[0].Metadata;
        world.Roll("web:2");
        world.Populated.Add(old.Uid);
        world.Settle();
        Assert.Equal("0", world.Sizes);
        world.Progress(world.Sets[0], 0);
        world.Settle();
        Assert.Equal("0", world.Sizes);
        world.Populated.Clear();
        world.Settle();
        Assert.Equal("0 3", world.Sizes);
    }

    [Fact]
    public void Scaling_in_the_middle_of_a_rollout_keeps_the_shares()
    {
        var world = new DeploymentWorld(10, new(3, 2));
        world.Finish();
        world.Roll("web:2");
        world.Settle();
        Assert.Equal("8 5", world.Sizes);
        world.Change(s => s with { Replicas = 20 });
        world.Step();
        Assert.Equal(23, world.Total);
        Assert.InRange(world.Sets[0].Spec.Replicas ?? 0, 13, 15);
    }

    [Fact]
    public void A_deleted_deployment_touches_nothing()
    {
        var world = new DeploymentWorld(2);
        world.Finish();
        world.Deployment = world.Deployment with { Metadata = world.Deployment.Metadata with { DeletionTimestamp = Make.Now } };
        world.Roll("web:2");
        Assert.Empty(DeploymentPlanner.Plan(new DeploymentView { Deployment = world.Deployment, Sets = world.Sets, Now = Make.Now }).Intents);
    }

    [Fact]
    public void The_hash_in_a_sets_name_depends_on_the_template_and_the_collisions_alone()
    {
        var (a, b) = (new DeploymentWorld(1).Deployment, new DeploymentWorld(5).Deployment);
        Assert.Equal(DeploymentPlanner.MakeNew(a).Metadata.Name, DeploymentPlanner.MakeNew(b).Metadata.Name);
        var collided = a with { Status = a.Status with { CollisionCount = 1 } };
        Assert.NotEqual(DeploymentPlanner.MakeNew(a).Metadata.Name, DeploymentPlanner.MakeNew(collided).Metadata.Name);
    }

    [Fact]
    public void Whatever_the_pods_do_a_rolling_update_keeps_its_limits_and_arrives()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var dice = new Random(seed);
            var replicas = dice.Next(1, 12);
            var (surge, unavailable) = (dice.Next(0, 4), dice.Next(0, 4));
            var world = new DeploymentWorld(replicas, new(surge, unavailable));
            world.Finish();
            var limits = Limits.Of(world.Deployment.Spec);
            foreach (var version in Enumerable.Range(2, dice.Next(1, 4)))
            {
                world.Roll("web:" + version);
                for (var step = 0; step < dice.Next(1, 30); step++)
                {
                    var before = world.Available;
                    world.Step();
                    Assert.True(world.Total <= limits.Most, $"seed {seed}: {world.Total} pods of at most {limits.Most}");
                    Assert.True(world.Available >= Math.Min(before, limits.LeastAvailable), $"seed {seed}: {world.Available} available of at least {limits.LeastAvailable}, before {before}");
                    var some = world.Sets[dice.Next(world.Sets.Count)];
                    world.Progress(some, some.Status.AvailableReplicas + dice.Next(0, 3));
                }
            }

            world.Finish();
            Assert.True(world.New.Spec.Replicas == replicas && world.Total == replicas, $"seed {seed}: ended as {world.Sizes}");
        }
    }
}
