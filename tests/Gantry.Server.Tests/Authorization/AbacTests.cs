using Gantry.Server.Authorization.Abac;
using Gantry.Server.Authorization;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;

namespace Gantry.Server.Tests.Authorization;

public sealed class AbacTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    [Theory]
    [InlineData("""{"apiVersion":"abac.authorization.kubernetes.io/v1beta1","kind":"Policy","spec":{"user":"ann","namespace":"*","resource":"*","apiGroup":"*"}}""", "create", "apps/deployments", true)]
    [InlineData("""{"apiVersion":"abac.authorization.kubernetes.io/v1beta1","kind":"Policy","spec":{"user":"bob","namespace":"*","resource":"*","apiGroup":"*"}}""", "get", "apps/deployments", false)]
    [InlineData("""{"apiVersion":"abac.authorization.kubernetes.io/v1beta1","kind":"Policy","spec":{"user":"ann","namespace":"ns","resource":"pods","readonly":true}}""", "watch", "/pods", true)]
    [InlineData("""{"apiVersion":"abac.authorization.kubernetes.io/v1beta1","kind":"Policy","spec":{"user":"ann","namespace":"ns","resource":"pods","readonly":true}}""", "delete", "/pods", false)]
    [InlineData("""{"apiVersion":"abac.authorization.kubernetes.io/v1beta1","kind":"Policy","spec":{"user":"ann","namespace":"other","resource":"pods"}}""", "get", "/pods", false)]
    [InlineData("""{"apiVersion":"abac.authorization.kubernetes.io/v1beta1","kind":"Policy","spec":{"user":"ann","namespace":"ns","resource":"deployments"}}""", "get", "apps/deployments", false)]
    [InlineData("""{"apiVersion":"abac.authorization.kubernetes.io/v1beta1","kind":"Policy","spec":{"group":"devs","namespace":"ns","resource":"pods"}}""", "update", "/pods", true)]
    [InlineData("""{"apiVersion":"abac.authorization.kubernetes.io/v1beta1","kind":"Policy","spec":{"user":"ann","group":"ops","namespace":"ns","resource":"pods"}}""", "update", "/pods", false)]
    [InlineData("""{"apiVersion":"abac.authorization.kubernetes.io/v1beta1","kind":"Policy","spec":{"user":"*","namespace":"ns","resource":"pods"}}""", "update", "/pods", true)]
    [InlineData("""{"apiVersion":"abac.authorization.kubernetes.io/v1beta1","kind":"Policy","spec":{"namespace":"ns","resource":"pods"}}""", "update", "/pods", false)]
    [InlineData("""{"apiVersion":"abac.authorization.kubernetes.io/v1beta1","kind":"Policy","spec":{"group":"*","nonResourcePath":"/debug*"}}""", "get", "path /debug/x", true)]
    [InlineData("""{"apiVersion":"abac.authorization.kubernetes.io/v1beta1","kind":"Policy","spec":{"user":"ann","nonResourcePath":"/debug"}}""", "get", "path /debug/x", false)]
    [InlineData("""{"apiVersion":"abac.authorization.kubernetes.io/v1beta1","kind":"Policy","spec":{"user":"ann","nonResourcePath":"*"}}""", "get", "/pods", false)]
    [InlineData("{}", "delete", "apps/deployments", true)]
    [InlineData("{}", "get", "path /anything", true)]
    [InlineData("""{"user":"ann","resource":"pods"}""", "get", "/pods", true)]
    [InlineData("""{"user":"ann","resource":"pods"}""", "get", "path /anything", false)]
    public async Task A_line_allows_what_it_names(string line, string verb, string what, bool allowed)
    {
        await File.WriteAllTextAsync(_file, "# a comment\n\n" + line + "\n");
        var user = new UserInfo { Name = "ann", Groups = ["devs", UserInfo.AuthenticatedGroup] };
        var parts = what.Split('/', 2);
        var asked = what.StartsWith("path ", StringComparison.Ordinal)
            ? new AuthorizationAttributes { User = user, Verb = verb, Path = what[5..] }
            : new AuthorizationAttributes { User = user, Verb = verb, IsResource = true, Group = parts[0], Resource = parts[1], Namespace = "ns" };

        var decision = await new AbacAuthorizer(AbacPolicies.Read(_file)).AuthorizeAsync(asked, default);

        Assert.Equal(allowed ? (Opinion.Allow, "") : (Opinion.NoOpinion, "No policy matched."), (decision.Opinion, decision.Reason));
    }

    [Fact]
    public void Lines_that_are_no_policies_are_told_with_their_number()
    {
        File.WriteAllText(_file, "# fine\n{\"apiVersion\":\"v9\",\"kind\":\"Policy\"}\n");
        var options = new AuthorizationOptions { Authorizers = [new("ABAC")], PolicyFile = _file };

        Assert.Equal($"error reading policy file {_file}, line 2: {{\"apiVersion\":\"v9\",\"kind\":\"Policy\"}}: no kind \"Policy\" is registered for version \"v9\"", Assert.Single(options.Check()).Fault);
        Assert.Equal("authorization-mode ABAC's authorization policy file not passed", Assert.Single((options with { PolicyFile = "" }).Check()).Fault);
    }

    [Fact]
    public async Task What_somebody_may_do_is_listed_as_rules()
    {
        await File.WriteAllTextAsync(_file, """
            {"apiVersion":"abac.authorization.kubernetes.io/v1beta1","kind":"Policy","spec":{"user":"ann","namespace":"ns","resource":"pods","readonly":true}}
            {"apiVersion":"abac.authorization.kubernetes.io/v1beta1","kind":"Policy","spec":{"user":"bob","namespace":"ns","resource":"secrets"}}
            {"apiVersion":"abac.authorization.kubernetes.io/v1beta1","kind":"Policy","spec":{"user":"ann","namespace":"*","nonResourcePath":"/x"}}
            """);

        var rules = new AbacAuthorizer(AbacPolicies.Read(_file)).RulesOf(new UserInfo { Name = "ann" }, "ns");

        Assert.Equal(["get,list,watch pods ", "*  /x"], rules.Rules.Select(r => $"{string.Join(',', r.Verbs)} {string.Join(',', r.Resources)} {string.Join(',', r.Urls)}"));
        Assert.False(rules.IsIncomplete);
    }

    public void Dispose() => File.Delete(_file);
}
