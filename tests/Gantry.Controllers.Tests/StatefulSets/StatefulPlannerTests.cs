using Gantry.Api.Models;
using Gantry.Controllers.StatefulSets;

namespace Gantry.Controllers.Tests.StatefulSets;

public sealed class StatefulPlannerTests
{
    private readonly SetWorld _world = new();
    private V1StatefulSet _set = new()
    {
        Metadata = new V1ObjectMeta { Namespace = "default", Name = "db", Uid = "set-uid", Generation = 1 },
        Spec = new V1StatefulSetSpec
        {
            Replicas = 3, Selector = Make.Selector, Template = Make.Template("db:1"), ServiceName = "db", PodManagementPolicy = "OrderedReady",
            UpdateStrategy = new V1StatefulSetUpdateStrategy { Type = "RollingUpdate", RollingUpdate = new V1RollingUpdateStatefulSetStrategy { Partition = 0 } },
        },
    };

    [Fact]
    public void Pods_come_one_after_the_other_each_when_the_one_before_is_ready()
    {
        Step();
        Step();
        Assert.Equal(["+db-0"], _world.Log);
        _world.Run();
        Step();
        Step();
        Assert.Equal(["+db-0", "+db-1"], _world.Log);
        Finish();
        Assert.Equal(["+db-0", "+db-1", "+db-2"], _world.Log);
        Assert.Equal((3, 3, 3, 3, 3), (_set.Status.Replicas, _set.Status.ReadyReplicas, _set.Status.AvailableReplicas, _set.Status.CurrentReplicas, _set.Status.UpdatedReplicas));
        var pod = _world.Pods["db-1"];
        Assert.Equal(("db-1", "db"), (pod.Spec.Hostname, pod.Spec.Subdomain));
        Assert.Equal(("db-1", "1"), (pod.Metadata.Labels["statefulset.kubernetes.io/pod-name"], pod.Metadata.Labels["apps.kubernetes.io/pod-index"]));
        Assert.Equal(_set.Status.CurrentRevision, pod.Metadata.Labels["controller-revision-hash"]);
    }

    [Fact]
    public void Parallel_pods_come_all_at_once_and_numbers_may_start_elsewhere()
    {
        Change(s => s with { PodManagementPolicy = "Parallel", Ordinals = new V1StatefulSetOrdinals { Start = 5 } });
        Step();
        Assert.Equal(["+db-5", "+db-6", "+db-7"], _world.Log);
    }

    [Fact]
    public void Scaling_down_takes_the_last_first_and_waits_for_each()
    {
        Finish();
        _world.Log.Clear();
        Change(s => s with { Replicas = 1 });
        Step();
        Step();
        Assert.Equal(["-db-2"], _world.Log);
        Finish();
        Assert.Equal(["-db-2", "-db-1"], _world.Log);
    }

    [Fact]
    public void An_update_goes_from_the_last_to_the_first_and_waits_for_each()
    {
        Finish();
        _world.Log.Clear();
        Roll("db:2");
        Step();
        Step();
        Assert.Equal(["-db-2"], _world.Log);
        Finish();
        Assert.Equal(["-db-2", "+db-2", "-db-1", "+db-1", "-db-0", "+db-0"], _world.Log);
        Assert.Equal(_set.Status.UpdateRevision, _set.Status.CurrentRevision);
        Assert.All(_world.Pods.Values, p => Assert.Equal("db:2", p.Spec.Containers[0].Image));
    }

    [Fact]
    public void A_partition_keeps_the_lower_numbers_as_they_are_even_when_they_are_made_anew()
    {
        Finish();
        Change(s => s with { UpdateStrategy = s.UpdateStrategy with { RollingUpdate = new V1RollingUpdateStatefulSetStrategy { Partition = 2 } } });
        Roll("db:2");
        Finish();
        Assert.Equal(["db:1", "db:1", "db:2"], Images());
        Assert.NotEqual(_set.Status.UpdateRevision, _set.Status.CurrentRevision);
        Assert.Equal((2, 1), (_set.Status.CurrentReplicas, _set.Status.UpdatedReplicas));
        _world.Pods.Remove("db-0");
        Finish();
        Assert.Equal(["db:1", "db:1", "db:2"], Images());
    }

    [Fact]
    public void With_OnDelete_only_pods_that_users_delete_are_updated()
    {
        Finish();
        Change(s => s with { UpdateStrategy = new V1StatefulSetUpdateStrategy { Type = "OnDelete" } });
        Roll("db:2");
        Finish();
        Assert.Equal(["db:1", "db:1", "db:1"], Images());
        _world.Pods.Remove("db-1");
        Finish();
        Assert.Equal(["db:1", "db:2", "db:1"], Images());
    }

    [Fact]
    public void A_broken_pod_holds_up_the_update_and_a_failed_one_is_made_anew()
    {
        Finish();
        _world.SetReady("db-1", false);
        _world.Log.Clear();
        Roll("db:2");
        Step();
        Assert.Empty(_world.Log);
        var failed = _world.Pods["db-1"];
        _world.Pods["db-1"] = failed with { Status = failed.Status with { Phase = "Failed" } };
        Step();
        Assert.Equal(["-db-1"], _world.Log);
        Finish();
        Assert.Equal(["db:2", "db:2", "db:2"], Images());
    }

    [Fact]
    public void Each_pod_has_its_own_claims_which_outlive_it()
    {
        Change(s => s with { VolumeClaimTemplates = [new V1PersistentVolumeClaim { Metadata = new V1ObjectMeta { Name = "data" } }] });
        Finish();
        Assert.Equal(["data-db-0", "data-db-1", "data-db-2"], _world.Claims.Keys.Order());
        Assert.Equal("data-db-1", Assert.Single(_world.Pods["db-1"].Spec.Volumes).PersistentVolumeClaim?.ClaimName);
        Assert.Equal("web", _world.Claims["data-db-0"].Metadata.Labels["app"]);
        Change(s => s with { Replicas = 0 });
        Finish();
        Assert.Equal(3, _world.Claims.Count);
        Assert.All(_world.Claims.Values, c => Assert.Empty(c.Metadata.OwnerReferences));
    }

    [Fact]
    public void A_retention_policy_ties_claims_to_the_set_and_those_scaled_away_to_their_pods()
    {
        Change(s => s with
        {
            VolumeClaimTemplates = [new V1PersistentVolumeClaim { Metadata = new V1ObjectMeta { Name = "data" } }],
            PersistentVolumeClaimRetentionPolicy = new V1StatefulSetPersistentVolumeClaimRetentionPolicy { WhenDeleted = "Delete", WhenScaled = "Delete" },
        });
        Finish();
        Assert.All(_world.Claims.Values, c => Assert.Equal("set-uid", Assert.Single(c.Metadata.OwnerReferences).Uid));
        var pod = _world.Pods["db-2"].Metadata.Uid;
        Change(s => s with { Replicas = 2 });
        Step();
        Assert.Equal(pod, Assert.Single(_world.Claims["data-db-2"].Metadata.OwnerReferences).Uid);
        Finish();
        Change(s => s with { Replicas = 3 });
        Step();
        Assert.False(_world.Pods.ContainsKey("db-2"));
        _world.Claims.Remove("data-db-2");
        Finish();
        Assert.True(_world.Pods.ContainsKey("db-2"));
    }

    [Fact]
    public void The_history_keeps_what_is_used_and_so_many_more()
    {
        Change(s => s with { RevisionHistoryLimit = 1 });
        foreach (var version in Enumerable.Range(1, 5))
        {
            Roll("db:" + version);
            Finish();
        }

        Assert.Equal([4L, 5L], _world.Revisions.Values.Select(r => r.Revision).Order());
        Roll("db:4");
        Finish();
        Assert.Equal([5L, 6L], _world.Revisions.Values.Select(r => r.Revision).Order());
    }

    [Fact]
    public void Whatever_pods_do_an_ordered_set_never_has_a_pod_without_those_before_it_at_its_start_and_arrives()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var test = new StatefulPlannerTests();
            var dice = new Random(seed);
            for (var step = 0; step < 60; step++)
            {
                switch (dice.Next(8))
                {
                    case 0:
                        test.Change(s => s with { Replicas = dice.Next(5) });
                        break;
                    case 1:
                        test.Roll("db:" + dice.Next(3));
                        break;
                    case 2 when test._world.Pods.Count > 0:
                        var (name, pod) = test._world.Pods.ElementAt(dice.Next(test._world.Pods.Count));
                        test._world.Pods[name] = pod with { Status = pod.Status with { Phase = "Failed" } };
                        break;
                }

                var before = test._world.Log.Count;
                test.Step();
                Assert.True(test._world.Log.Count - before <= 1, $"seed {seed}: more than one pod at once: {string.Join(' ', test._world.Log.Skip(before))}");
                test._world.Run(_ => dice.Next(2) == 0);
            }

            test.Finish();
            var wanted = test._set.Spec.Replicas ?? 0;
            Assert.Equal(Enumerable.Range(0, wanted).Select(i => $"db-{i}"), test._world.Pods.Keys.Order());
            Assert.All(test._world.Pods.Values, p => Assert.Equal(test._set.Spec.Template.Spec.Containers[0].Image, p.Spec.Containers[0].Image));
        }
    }

    private IEnumerable<string> Images() => _world.Pods.OrderBy(p => p.Key).Select(p => p.Value.Spec.Containers[0].Image);

    private void Change(Func<V1StatefulSetSpec, V1StatefulSetSpec> change) => _set = _set with { Spec = change(_set.Spec) };

    private void Roll(string image) => Change(s => s with { Template = Make.Template(image) });

    private bool Step()
    {
        var plan = StatefulPlanner.Plan(new StatefulView
        {
            Set = _set, Pods = [.. _world.Pods.Values], Claims = [.. _world.Claims.Values], Revisions = [.. _world.Revisions.Values], Now = _world.Now,
        });
        var changed = plan.Intents.Count > 0 || plan.Status != _set.Status;
        _world.Perform(plan.Intents);
        _set = _set with { Status = plan.Status };
        return changed;
    }

    private void Finish()
    {
        for (var i = 0; i < 200; i++)
        {
            var changed = Step();
            _world.Run();
            if (!changed && !Step())
            {
                return;
            }
        }

        Assert.Fail("the set does not come to rest");
    }
}
