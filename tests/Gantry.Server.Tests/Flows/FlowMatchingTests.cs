using Gantry.Api.Models;
using Gantry.Server.Flows;
using Gantry.Server.Requests;

namespace Gantry.Server.Tests.Flows;

public sealed class FlowMatchingTests
{
    [Theory]
    [InlineData("GET", "/api/v1/nodes/n", "system:node:n", "system:nodes", "system-node-high")]
    [InlineData("PATCH", "/api/v1/nodes/n/status", "system:node:n", "system:nodes", "system-node-high")]
    [InlineData("PUT", "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n", "system:node:n", "system:nodes", "system-node-high")]
    [InlineData("GET", "/api/v1/pods", "system:node:n", "system:nodes", "system-nodes")]
    [InlineData("PUT", "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/s", "system:kube-scheduler", "", "system-leader-election")]
    [InlineData("GET", "/api/v1/pods", "system:kube-scheduler", "", "kube-scheduler")]
    [InlineData("PUT", "/api/v1/namespaces/a/endpoints/b", "system:kube-controller-manager", "", "endpoint-controller")]
    [InlineData("GET", "/api/v1/pods", "system:serviceaccount:kube-system:dns", "system:serviceaccounts", "kube-system-service-accounts")]
    [InlineData("GET", "/api/v1/pods", "system:serviceaccount:a:b", "system:serviceaccounts", "service-accounts")]
    [InlineData("GET", "/healthz", "somebody", "", "probes")]
    [InlineData("GET", "/api/v1/pods", "somebody", "", "global-default")]
    [InlineData("DELETE", "/api/v1/nodes/n", "boss", "system:masters", "exempt")]
    public void Requests_go_to_the_first_schema_that_is_about_them(string method, string path, string user, string group, string schema)
    {
        var controller = Controller();
        var who = new UserInfo { Name = user, Groups = [.. group.Split(',', StringSplitOptions.RemoveEmptyEntries), UserInfo.AuthenticatedGroup] };

        var flow = controller.Classify(who, RequestInfoParser.Parse(method, path, ""));

        Assert.Equal(schema, flow.SchemaName);
    }

    [Fact]
    public void A_schema_without_its_level_is_as_if_it_were_not_there()
    {
        var controller = Controller(new V1FlowSchema
        {
            Metadata = new V1ObjectMeta { Name = "dangling" },
            Spec = new V1FlowSchemaSpec { MatchingPrecedence = 1, PriorityLevelConfiguration = new() { Name = "nowhere" }, Rules = Everything },
        });
        Assert.Equal("global-default", controller.Classify(Somebody(), RequestInfoParser.Parse("GET", "/api/v1/pods", "")).SchemaName);
    }

    [Fact]
    public void Rules_of_namespaces_are_not_about_what_has_none()
    {
        IReadOnlyList<V1PolicyRulesWithSubjects> rules =
        [
            new()
            {
                Subjects = [new() { Kind = "User", User = new() { Name = "*" } }],
                ResourceRules = [new() { Verbs = ["list"], ApiGroups = [""], Resources = ["pods", "pods/log"], Namespaces = ["a"] }],
            },
        ];
        var controller = Controller(new V1FlowSchema
        {
            Metadata = new V1ObjectMeta { Name = "mine" },
            Spec = new V1FlowSchemaSpec { MatchingPrecedence = 1, PriorityLevelConfiguration = new() { Name = "system" }, Rules = rules, DistinguisherMethod = new() { Type = "ByNamespace" } },
        });

        string Schema(string path) => controller.Classify(Somebody(), RequestInfoParser.Parse("GET", path, "")).SchemaName;
        Assert.Equal("mine", Schema("/api/v1/namespaces/a/pods"));
        Assert.Equal("global-default", Schema("/api/v1/namespaces/b/pods"));
        Assert.Equal("global-default", Schema("/api/v1/pods"));
        Assert.Equal("global-default", Schema("/api/v1/namespaces/a/pods/x"));
        Assert.Equal("a", controller.Snapshot.Flows.First(f => f.SchemaName == "mine").Distinguisher("somebody", "a"));
    }

    [Fact]
    public void Somebody_can_always_put_things_right_even_if_all_objects_are_deleted()
    {
        var controller = new FlowController(new FlowSettings(600, TimeSpan.FromSeconds(60)), new Gantry.Server.Handling.ResourceTable(), TimeProvider.System);
        var boss = new UserInfo { Name = "boss", Groups = [UserInfo.MastersGroup, UserInfo.AuthenticatedGroup] };

        Assert.Equal("exempt", controller.Classify(boss, RequestInfoParser.Parse("GET", "/api/v1/pods", "")).SchemaName);
        Assert.Equal("catch-all", controller.Classify(Somebody(), RequestInfoParser.Parse("GET", "/api/v1/pods", "")).SchemaName);
    }

    private static IReadOnlyList<V1PolicyRulesWithSubjects> Everything { get; } =
    [
        new()
        {
            Subjects = [new() { Kind = "Group", Group = new() { Name = "*" } }],
            ResourceRules = [new() { Verbs = ["*"], ApiGroups = ["*"], Resources = ["*"], Namespaces = ["*"], ClusterScope = true }],
        },
    ];

    private static UserInfo Somebody() => new() { Name = "somebody", Groups = [UserInfo.AuthenticatedGroup] };

    private static FlowController Controller(params V1FlowSchema[] more)
    {
        var start = Gantry.Server.Bootstrap.BootstrapFlows.Load();
        var controller = new FlowController(new FlowSettings(600, TimeSpan.FromSeconds(60)), new Gantry.Server.Handling.ResourceTable(), TimeProvider.System);
        controller.Configure([.. start.Flows, .. more], start.Levels);
        return controller;
    }
}
