using Gantry.Server.Authorization;
using Gantry.Server.Authorization.Rbac;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;

namespace Gantry.Server.Tests.Authorization;

public sealed class RbacTests
{
    private static readonly UserInfo Alice = new() { Name = "alice", Groups = ["devs", "system:authenticated"] };
    private static readonly UserInfo Robot = new() { Name = "system:serviceaccount:ns:robot", Groups = ["system:serviceaccounts"] };

    private static readonly RbacSnapshot Snapshot = new(
        [
            new RoleFact("", "viewer", [Rule("get,list,watch", "", "pods,pods/log,*/scale")]),
            new RoleFact("ns", "own", [Rule("update", "", "configmaps", "settings"), Rule("*", "apps", "*")]),
            new RoleFact("", "health", [new PolicyRule { Verbs = ["get"], Urls = ["/healthz", "/metrics/*"] }]),
        ],
        [
            new BindingFact("", "devs-view", true, "viewer", [new SubjectFact(SubjectKind.Group, "", "devs")]),
            new BindingFact("", "health", true, "health", [new SubjectFact(SubjectKind.Group, "", "system:authenticated")]),
            new BindingFact("", "lost", true, "gone", [new SubjectFact(SubjectKind.User, "", "carol")]),
            new BindingFact("ns", "robots", false, "own", [new SubjectFact(SubjectKind.ServiceAccount, "", "robot")]),
            new BindingFact("ns", "viewers", true, "viewer", [new SubjectFact(SubjectKind.ServiceAccount, "ns", "robot")]),
        ]);

    [Theory]
    [InlineData("get", "", "pods", "", true)]
    [InlineData("get", "", "pods", "log", true)]
    [InlineData("get", "", "pods", "exec", false)]
    [InlineData("get", "", "things", "scale", true)]
    [InlineData("get", "apps", "pods", "", false)]
    [InlineData("delete", "", "pods", "", false)]
    public void A_cluster_wide_binding_of_a_group_allows_what_its_role_lists(string verb, string group, string resource, string subresource, bool allowed) =>
        Assert.Equal(allowed, Allows(Alice, new() { User = Alice, Verb = verb, IsResource = true, Group = group, Resource = resource, Subresource = subresource, Namespace = "any" }));

    [Theory]
    [InlineData("ns", "settings", true)]
    [InlineData("ns", "other", false)]
    [InlineData("ns", "", false)]
    [InlineData("other", "settings", false)]
    public void A_rule_with_names_allows_only_these_in_its_namespace(string ns, string name, bool allowed) =>
        Assert.Equal(allowed, Allows(Robot, new() { User = Robot, Verb = "update", IsResource = true, Resource = "configmaps", Namespace = ns, Name = name }));

    [Fact]
    public void A_namespaced_binding_of_a_cluster_role_does_not_reach_the_cluster_scope()
    {
        Assert.True(Allows(Robot, new() { User = Robot, Verb = "list", IsResource = true, Resource = "pods", Namespace = "ns" }));
        Assert.False(Allows(Robot, new() { User = Robot, Verb = "list", IsResource = true, Resource = "pods" }));
    }

    [Theory]
    [InlineData("/healthz", true)]
    [InlineData("/metrics/cadvisor", true)]
    [InlineData("/metrics", false)]
    public void Plain_urls_match_whole_or_by_their_star(string path, bool allowed) =>
        Assert.Equal(allowed, Allows(Alice, new() { User = Alice, Verb = "get", Path = path }));

    [Fact]
    public void A_permission_says_where_it_comes_from()
    {
        var asked = new AuthorizationAttributes { User = Robot, Verb = "update", IsResource = true, Resource = "configmaps", Namespace = "ns", Name = "settings" };
        Assert.Equal(
            "RBAC: allowed by RoleBinding \"robots/ns\" of Role \"own\" to ServiceAccount \"robot/ns\"",
            RbacAuthorizer.Decide(Snapshot, asked).Reason);
    }

    [Fact]
    public void A_binding_to_a_missing_role_explains_the_refusal()
    {
        var carol = new UserInfo { Name = "carol" };
        var decision = RbacAuthorizer.Decide(Snapshot, new() { User = carol, Verb = "get", IsResource = true, Resource = "pods" });
        Assert.Equal(Opinion.NoOpinion, decision.Opinion);
        Assert.Equal("RBAC: clusterrole.rbac.authorization.k8s.io \"gone\" not found", decision.Reason);
    }

    [Fact]
    public async Task Masters_pass_without_any_role()
    {
        var chain = new AuthorizerChain(new RbacAuthorizer(() => RbacSnapshot.Empty));
        var root = new UserInfo { Name = "root", Groups = ["system:masters"] };
        Assert.Equal(Opinion.Allow, (await chain.AuthorizeAsync(new() { User = root, Verb = "delete", IsResource = true, Resource = "nodes" }, default)).Opinion);
        Assert.Equal(Opinion.NoOpinion, (await chain.AuthorizeAsync(new() { User = Alice, Verb = "delete", IsResource = true, Resource = "nodes" }, default)).Opinion);
    }

    [Fact]
    public void Refusals_have_the_known_words()
    {
        var asked = new AuthorizationAttributes { User = new UserInfo { Name = "x" }, Verb = "list", IsResource = true, Resource = "pods", Namespace = "y" };
        Assert.Equal(
            "pods is forbidden: User \"x\" cannot list resource \"pods\" in API group \"\" in the namespace \"y\"",
            ForbiddenMessage.Status(asked, "").Message);
        Assert.Equal(
            "deployments.apps \"d\" is forbidden: User \"x\" cannot patch resource \"deployments/scale\" in API group \"apps\" at the cluster scope: no",
            ForbiddenMessage.Status(asked with { Group = "apps", Resource = "deployments", Subresource = "scale", Namespace = "", Name = "d", Verb = "patch" }, "no").Message);
        Assert.Equal("forbidden: User \"x\" cannot get path \"/metrics\"", ForbiddenMessage.Status(new() { User = asked.User, Verb = "get", Path = "/metrics" }, "").Message);
    }

    [Fact]
    public void Nobody_grants_more_than_they_hold()
    {
        var granted = new[] { Rule("get,delete,create", "", "pods"), Rule("get", "", "secrets", "a") };
        Assert.Equal(
            "user \"alice\" (groups=[\"devs\" \"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n"
            + "{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"delete\" \"create\"]}\n"
            + "{APIGroups:[\"\"], Resources:[\"secrets\"], ResourceNames:[\"a\"], Verbs:[\"get\"]}",
            Escalation.Refusal(Snapshot, Alice, "ns", granted));
        Assert.Null(Escalation.Refusal(Snapshot, Alice, "ns", [Rule("get,list", "", "pods"), new PolicyRule { Verbs = ["get"], Urls = ["/metrics/x"] }]));
    }

    [Fact]
    public void A_right_on_one_name_does_not_cover_all_names()
    {
        Assert.False(Rule("get", "", "secrets", "a").Covers(Rule("get", "", "secrets")));
        Assert.True(Rule("get", "", "secrets").Covers(Rule("get", "", "secrets", "a")));
        Assert.True(Rule("*", "*", "*").Covers(Rule("get", "apps", "deployments/scale")));
        Assert.True(Rule("get", "*", "*/scale").Covers(Rule("get", "apps", "deployments/scale")));
        Assert.False(Rule("get", "*", "deployments").Covers(Rule("get", "apps", "deployments/scale")));
    }

    private static bool Allows(UserInfo user, AuthorizationAttributes asked) =>
        RbacAuthorizer.Decide(Snapshot, asked with { User = user }).Opinion == Opinion.Allow;

    private static PolicyRule Rule(string verbs, string group, string resources, params string[] names) =>
        new() { Verbs = verbs.Split(','), Groups = [group], Resources = resources.Split(','), Names = names };
}
