using Gantry.Api.Models;
using Gantry.Server.Bootstrap;

namespace Gantry.Server.Tests.Bootstrap;

public sealed class RoleReconciliationTests
{
    private static readonly V1ClusterRole Expected = BootstrapRoles.Load().ClusterRoles.Single(r => r.Metadata.Name == "system:node");

    [Fact]
    public void A_role_that_is_as_expected_is_left_alone() => Assert.Null(RoleReconciliation.Update(Expected, Expected));

    [Fact]
    public void Rules_that_were_taken_away_come_back_and_rules_that_were_added_stay()
    {
        var added = new V1PolicyRule { Verbs = ["get"], ApiGroups = ["example.com"], Resources = ["things"] };
        var stored = Expected with { Rules = [.. Expected.Rules.Skip(1), added] };
        var updated = RoleReconciliation.Update(stored, Expected);
        Assert.NotNull(updated);
        Assert.Contains(added, updated.Rules);
        Assert.Contains(updated.Rules, r => r.Resources.Contains("tokenreviews") && r.Verbs.Contains("create"));
    }

    [Fact]
    public void A_rule_that_wider_rules_cover_is_not_added_again()
    {
        var everything = new V1PolicyRule { Verbs = ["*"], ApiGroups = ["*"], Resources = ["*"] };
        Assert.Null(RoleReconciliation.Update(Expected with { Rules = [everything] }, Expected));
    }

    [Fact]
    public void A_protected_role_is_left_alone()
    {
        var metadata = Expected.Metadata with { Annotations = new Dictionary<string, string> { [BootstrapRoles.AutoUpdate] = "false" } };
        Assert.Null(RoleReconciliation.Update(Expected with { Metadata = metadata, Rules = [] }, Expected));
    }

    [Fact]
    public void Missing_subjects_come_back()
    {
        var expected = BootstrapRoles.Load().ClusterRoleBindings.Single(r => r.Metadata.Name == "cluster-admin");
        var mine = new RbacV1Subject { Kind = "User", ApiGroup = "rbac.authorization.k8s.io", Name = "me" };
        var updated = RoleReconciliation.Update(expected with { Subjects = [mine] }, expected);
        Assert.Equal([mine, expected.Subjects[0]], updated!.Subjects);
    }
}
