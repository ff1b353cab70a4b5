using System.Text;
using Gantry.Api.Models;
using Gantry.Controllers.Intents;
using Gantry.Controllers.LegacyTokens;

namespace Gantry.Controllers.Tests.LegacyTokens;

public sealed class LegacyTokenPlannerTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 15, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    [Fact]
    public void A_token_that_nobody_used_for_a_year_is_marked_invalid_today()
    {
        var patch = Assert.IsType<Patch<V1Secret>>(Assert.Single(Plan()));
        Assert.Equal("""{"metadata":{"uid":"s-1","labels":{"kubernetes.io/legacy-token-invalid-since":"2026-06-15"}}}""", Encoding.UTF8.GetString(patch.Body.Content.Span));
        Assert.IsType<Patch<V1Secret>>(Assert.Single(Plan(("legacy-token-last-used", "2025-06-14"))));
        Assert.IsType<Patch<V1Secret>>(Assert.Single(Plan(("legacy-token-invalid-since", "soon"))));
    }

    [Theory]
    [InlineData("2025-06-15")]
    [InlineData("2026-06-01")]
    [InlineData("some day")]
    public void A_token_that_was_used_since_or_nobody_knows_when_stays(string day) => Assert.Empty(Plan(("legacy-token-last-used", day)));

    [Theory]
    [InlineData("2025-06-14", true)]
    [InlineData("2025-06-15", false)]
    [InlineData("2026-06-14", false)]
    public void A_token_that_nobody_missed_for_a_year_goes_in_the_version_that_was_looked_at(string since, bool goes)
    {
        var plan = Plan(("legacy-token-invalid-since", since));
        Assert.Equal(goes, plan is [Delete<V1Secret> { Uid: "s-1", ResourceVersion: "7" }]);
        Assert.Equal(!goes, plan.Count == 0);
    }

    [Fact]
    public void Tokens_that_somebody_made_that_pods_use_or_that_are_young_stay()
    {
        var view = View(Secret());
        Assert.NotEmpty(LegacyTokenPlanner.Plan(view, Year));
        Assert.Empty(LegacyTokenPlanner.Plan(view with { Account = view.Account! with { Secrets = [] } }, Year));
        Assert.Empty(LegacyTokenPlanner.Plan(view with { Account = null }, Year));
        Assert.Empty(LegacyTokenPlanner.Plan(view with { IsMounted = true }, Year));
        Assert.Empty(LegacyTokenPlanner.Plan(view with { Secret = Secret() with { Type = "Opaque" } }, Year));
        Assert.Empty(LegacyTokenPlanner.Plan(view with { Secret = With(m => m with { CreationTimestamp = Now - Year }) }, Year));
        Assert.Empty(LegacyTokenPlanner.Plan(view with { Secret = With(m => m with { DeletionTimestamp = Now }) }, Year));
    }

    [Theory]
    [InlineData("2025-06-13", true)]
    [InlineData("2025-06-14", true)]
    [InlineData("2025-06-15", false)]
    [InlineData("yesterday", false)]
    [InlineData(null, false)]
    public void Nothing_is_done_before_use_was_recorded_for_a_year(string? since, bool acts)
    {
        var tracking = since is null ? null : new V1ConfigMap { Data = new Dictionary<string, string> { ["since"] = since } };
        Assert.Equal(acts, LegacyTokenPlanner.Plan(View(Secret()) with { Tracking = tracking }, Year).Count == 1);
    }

    private static IReadOnlyList<Intent> Plan(params (string Label, string Day)[] labels) => LegacyTokenPlanner.Plan(View(Secret(labels)), Year);

    private static LegacyTokenView View(V1Secret secret) => new(
        secret,
        new V1ServiceAccount { Metadata = new V1ObjectMeta { Name = "robot", Namespace = "ns" }, Secrets = [new V1ObjectReference { Name = "robot-token" }] },
        false, new V1ConfigMap { Data = new Dictionary<string, string> { ["since"] = "2024-01-01" } }, Now);

    private static V1Secret With(Func<V1ObjectMeta, V1ObjectMeta> change) => Secret() with { Metadata = change(Secret().Metadata) };

    private static V1Secret Secret(params (string Label, string Day)[] labels) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = "robot-token", Namespace = "ns", Uid = "s-1", ResourceVersion = "7", CreationTimestamp = Now - Year - TimeSpan.FromDays(1),
            Labels = labels.ToDictionary(l => "kubernetes.io/" + l.Label, l => l.Day),
        },
        Type = "kubernetes.io/service-account-token",
    };
}
