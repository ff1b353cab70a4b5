using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Controllers.Namespaces;

namespace Gantry.Controllers.Tests.Namespaces;

public sealed class NamespacePlannerTests
{
    private static readonly ResourceId Pods = new("", "v1", "pods", "Pod", true, "delete,list");
    private static readonly ResourceId Maps = new("", "v1", "configmaps", "ConfigMap", true, "delete,list");

    [Fact]
    public void Pods_go_before_what_they_may_use()
    {
        var plan = Plan([Of(Maps, Object("settings")), Of(Pods, Object("web"))]);
        Assert.Equal(["pods"], plan.Delete.Select(d => d.Resource.Plural));
        plan = Plan([Of(Maps, Object("settings"))]);
        Assert.Equal(["configmaps"], plan.Delete.Select(d => d.Resource.Plural));
        Assert.False(plan.Finish);
    }

    [Fact]
    public void What_is_on_its_way_is_not_deleted_again_but_waited_for()
    {
        var plan = Plan([Of(Pods, Object("web", deleted: true))]);
        Assert.Empty(plan.Delete);
        Assert.False(plan.Finish);
    }

    [Fact]
    public void An_empty_namespace_may_go_unless_something_could_not_be_listed()
    {
        Assert.True(Plan([]).Finish);
        var plan = Plan([], "the server could not find the metrics");
        Assert.False(plan.Finish);
        Assert.Equal("ContentDeletionFailed", Condition(plan, "NamespaceDeletionContentFailure")?.Reason);
    }

    [Fact]
    public void The_status_says_what_is_left_and_which_finalizers_hold_it()
    {
        var plan = Plan([Of(Maps, Object("a", true, "example.com/hold"), Object("b", true))]);
        Assert.Equal("Terminating", plan.Status.Phase);
        Assert.Equal(("True", "Some resources are remaining: configmaps. has 2 resource instances"), (Condition(plan, "NamespaceContentRemaining")?.Status, Condition(plan, "NamespaceContentRemaining")?.Message));
        Assert.Equal("Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances", Condition(plan, "NamespaceFinalizersRemaining")?.Message);
        Assert.Equal(5, plan.Status.Conditions.Count);
    }

    private static V1NamespaceCondition? Condition(NamespacePlan plan, string type) => plan.Status.Conditions.FirstOrDefault(c => c.Type == type);

    private static Remainder Of(ResourceId resource, params ObjectMetadata[] objects) => new(resource, objects);

    private static ObjectMetadata Object(string name, bool deleted = false, params string[] finalizers) =>
        new("v1", "Any", new V1ObjectMeta { Namespace = "gone", Name = name, DeletionTimestamp = deleted ? Make.Now : null, Finalizers = finalizers });

    private static NamespacePlan Plan(IReadOnlyList<Remainder> content, params string[] failures) => NamespacePlanner.Plan(new NamespaceView
    {
        Namespace = new V1Namespace { Metadata = new V1ObjectMeta { Name = "gone", DeletionTimestamp = Make.Now } }, Content = content, Failures = failures, Now = Make.Now,
    });
}
