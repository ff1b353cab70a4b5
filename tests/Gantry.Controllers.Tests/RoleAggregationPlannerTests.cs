using Gantry.Api.Models;
using Gantry.Controllers.Intents;
using Gantry.Controllers.RoleAggregation;

namespace Gantry.Controllers.Tests;

public sealed class RoleAggregationPlannerTests
{
    [Fact]
    public void A_role_made_of_others_has_each_of_their_rules_once_and_is_left_alone_then()
    {
        V1ClusterRole[] roles = [Role("b", "pods", "nodes"), Role("a", "pods"), Role("c", "secrets") with { Metadata = new V1ObjectMeta { Name = "c" } }];
        var whole = new V1ClusterRole
        {
            Metadata = new V1ObjectMeta { Name = "whole", Labels = Labels },
            AggregationRule = new V1AggregationRule { ClusterRoleSelectors = [new V1LabelSelector { MatchLabels = Labels }] },
        };
        var filled = Assert.IsType<Update<V1ClusterRole>>(Assert.Single(RoleAggregationPlanner.Plan(whole, [.. roles, whole]))).Object;
        Assert.Equal(["pods", "nodes"], filled.Rules.SelectMany(r => r.Resources));
        Assert.Empty(RoleAggregationPlanner.Plan(filled, [.. roles, filled]));
    }

    private static Dictionary<string, string> Labels => new() { ["aggregate"] = "yes" };

    private static V1ClusterRole Role(string name, params string[] resources) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Labels = Labels }, Rules = [.. resources.Select(r => new V1PolicyRule { ApiGroups = [""], Resources = [r], Verbs = ["get"] })],
    };
}
