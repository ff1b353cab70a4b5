using System.Text;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Controllers.GarbageCollection;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.Tests.GarbageCollection;

public sealed class GarbagePlannerTests
{
    private static readonly ResourceId Sets = new("apps", "v1", "replicasets", "ReplicaSet", true, "delete,list,watch");

    [Fact]
    public void An_object_whose_owners_are_all_gone_goes_too()
    {
        var delete = Assert.IsType<DeleteAny>(Assert.Single(Plan(View([Owner("a", OwnerState.Absent), Owner("b", OwnerState.Absent)])).Intents));
        Assert.Equal(("Background", "obj-uid", "7"), (delete.Propagation, delete.Uid, delete.ResourceVersion));
    }

    [Fact]
    public void An_object_with_an_owner_left_only_forgets_those_that_are_gone()
    {
        var patch = Assert.IsType<PatchAny>(Assert.Single(Plan(View([Owner("a", OwnerState.Absent), Owner("b", OwnerState.Solid)])).Intents));
        Assert.DoesNotContain("uid-a", Body(patch), StringComparison.Ordinal);
        Assert.Contains("uid-b", Body(patch), StringComparison.Ordinal);
        Assert.Contains("\"resourceVersion\":\"7\"", Body(patch), StringComparison.Ordinal);
    }

    [Fact]
    public void An_object_with_all_its_owners_is_left_alone() => Assert.Empty(Plan(View([Owner("a", OwnerState.Solid)])).Intents);

    [Theory]
    [InlineData(OwnerState.Unknown)]
    [InlineData(OwnerState.Unreachable)]
    public void Nothing_is_deleted_while_an_owner_cannot_be_looked_up(OwnerState state)
    {
        var plan = Plan(View([Owner("a", OwnerState.Absent), Owner("b", state)]));
        Assert.DoesNotContain(plan.Intents, i => i is DeleteAny);
        Assert.True(plan.Unsure);
    }

    [Fact]
    public void An_owner_in_another_namespace_does_not_count_and_users_are_told()
    {
        var plan = Plan(View([Owner("a", OwnerState.Absent) with { Elsewhere = true }]));
        var tell = plan.Intents.OfType<Tell>().Single();
        Assert.Equal("OwnerRefInvalidNamespace", tell.Reason);
        Assert.Equal("ownerRef [apps/v1/Deployment, namespace: default, name: a, uid: uid-a] does not exist in namespace \"default\"", tell.Message);
        Assert.Contains(plan.Intents, i => i is DeleteAny);
    }

    [Fact]
    public void Dependents_of_a_waiting_owner_go_in_the_foreground_when_others_depend_on_them()
    {
        var leaf = Plan(View([Owner("a", OwnerState.Waiting)]));
        Assert.Equal("Background", Assert.IsType<DeleteAny>(Assert.Single(leaf.Intents)).Propagation);
        var middle = Plan(View([Owner("a", OwnerState.Waiting)]) with { Dependents = [Dependent("pod")] });
        Assert.Equal("Foreground", Assert.IsType<DeleteAny>(Assert.Single(middle.Intents)).Propagation);
    }

    [Fact]
    public void A_circle_of_objects_that_wait_for_each_other_is_broken()
    {
        var plan = Plan(View([Owner("a", OwnerState.Waiting)]) with { Dependents = [Dependent("pod") with { WaitsForDependents = true }] });
        Assert.Contains("\"blockOwnerDeletion\":false", Body(Assert.IsType<PatchAny>(plan.Intents[0])), StringComparison.Ordinal);
        Assert.IsType<DeleteAny>(plan.Intents[1]);
    }

    [Fact]
    public void A_foreground_deletion_waits_for_those_that_block_it_and_no_others()
    {
        var view = Deleting("foregroundDeletion") with { Dependents = [Dependent("pod")] };
        var plan = Plan(view);
        Assert.Empty(plan.Intents);
        Assert.Equal("pod", Assert.Single(plan.Look).Key.Name);
        plan = Plan(view with { Dependents = [Dependent("pod") with { Blocks = false }] });
        Assert.Contains("\"finalizers\":[\"keep\"]", Body(Assert.IsType<PatchAny>(Assert.Single(plan.Intents))), StringComparison.Ordinal);
    }

    [Fact]
    public void Orphaning_frees_the_dependents_before_the_owner_goes()
    {
        var child = new V1ObjectMeta { Uid = "child-uid", ResourceVersion = "3", OwnerReferences = [new V1OwnerReference { Uid = "obj-uid" }, new V1OwnerReference { Uid = "other" }] };
        var plan = Plan(Deleting("orphan") with { Orphans = [(new ObjectIdentity(Sets, new ObjectKey("default", "child"), "child-uid"), child)] });
        var free = Body(Assert.IsType<PatchAny>(Assert.Single(Assert.IsType<Together>(plan.Intents[0]).Intents)));
        Assert.DoesNotContain("obj-uid", free, StringComparison.Ordinal);
        Assert.Contains("other", free, StringComparison.Ordinal);
        Assert.Contains("\"finalizers\":[\"keep\"]", Body(Assert.IsType<PatchAny>(plan.Intents[1])), StringComparison.Ordinal);
    }

    private static GarbagePlan Plan(GarbageView view) => GarbagePlanner.Plan(view);

    private static string Body(PatchAny patch) => Encoding.UTF8.GetString(patch.Body.Content.Span);

    private static OwnerFact Owner(string name, OwnerState state) =>
        new(new V1OwnerReference { ApiVersion = "apps/v1", Kind = "Deployment", Name = name, Uid = "uid-" + name, BlockOwnerDeletion = true }, state);

    private static DependentFact Dependent(string name) => new(new ObjectIdentity(Sets, new ObjectKey("default", name), "uid-" + name), true, false);

    private static GarbageView View(IReadOnlyList<OwnerFact> owners) => new()
    {
        Object = new ObjectIdentity(Sets, new ObjectKey("default", "obj"), "obj-uid"),
        Live = new V1ObjectMeta { Namespace = "default", Name = "obj", Uid = "obj-uid", ResourceVersion = "7", OwnerReferences = [.. owners.Select(o => o.Reference)] },
        Owners = owners,
        Dependents = [],
    };

    private static GarbageView Deleting(string finalizer)
    {
        var view = View([]);
        return view with { Live = view.Live with { DeletionTimestamp = Make.Now, Finalizers = ["keep", finalizer] } };
    }
}
