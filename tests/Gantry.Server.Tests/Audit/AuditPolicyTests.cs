using System.Text;
using Gantry.Server.Audit;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;

namespace Gantry.Server.Tests.Audit;

public sealed class AuditPolicyTests
{
    private static readonly AuthorizationAttributes GetSecret = new()
    {
        User = new UserInfo { Name = "ann", Groups = ["dev", "system:authenticated"] }, Verb = "get", IsResource = true, Version = "v1", Resource = "secrets",
        Namespace = "a", Name = "s",
    };

    private static readonly AuthorizationAttributes GetLog = GetSecret with { Resource = "pods", Subresource = "log" };
    private static readonly AuthorizationAttributes GetHealth = GetSecret with { IsResource = false, Resource = "", Namespace = "", Name = "", Path = "/healthz/ping" };

    [Theory]
    [InlineData("{level: Request}", true, true, true)]
    [InlineData("{level: Request, users: [ann]}", true, true, true)]
    [InlineData("{level: Request, users: [bob]}", false, false, false)]
    [InlineData("{level: Request, userGroups: [dev]}", true, true, true)]
    [InlineData("{level: Request, userGroups: [ops]}", false, false, false)]
    [InlineData("{level: Request, verbs: [list]}", false, false, false)]
    [InlineData("{level: Request, namespaces: [a]}", true, true, false)]
    [InlineData("{level: Request, namespaces: ['']}", false, false, false)]
    [InlineData("{level: Request, resources: [{group: ''}]}", true, true, false)]
    [InlineData("{level: Request, resources: [{group: apps}]}", false, false, false)]
    [InlineData("{level: Request, resources: [{group: '', resources: [secrets]}]}", true, false, false)]
    [InlineData("{level: Request, resources: [{group: '', resources: [secrets], resourceNames: [s]}]}", true, false, false)]
    [InlineData("{level: Request, resources: [{group: '', resources: [secrets], resourceNames: [t]}]}", false, false, false)]
    [InlineData("{level: Request, resources: [{group: '', resources: [pods]}]}", false, false, false)]
    [InlineData("{level: Request, resources: [{group: '', resources: [pods/log]}]}", false, true, false)]
    [InlineData("{level: Request, resources: [{group: '', resources: ['pods/*']}]}", false, true, false)]
    [InlineData("{level: Request, resources: [{group: '', resources: ['*/log']}]}", false, true, false)]
    [InlineData("{level: Request, resources: [{group: '', resources: ['*']}]}", true, true, false)]
    [InlineData("{level: Request, nonResourceURLs: ['/healthz*']}", false, false, true)]
    [InlineData("{level: Request, nonResourceURLs: [/healthz]}", false, false, false)]
    [InlineData("{level: Request, nonResourceURLs: ['*']}", false, false, true)]
    public void RulesMatchAsInKubernetes(string rule, bool secret, bool log, bool health)
    {
        var policy = Read($"rules: [{rule}]");
        Assert.Equal(secret, policy.Evaluate(GetSecret).Level == AuditLevel.Request);
        Assert.Equal(log, policy.Evaluate(GetLog).Level == AuditLevel.Request);
        Assert.Equal(health, policy.Evaluate(GetHealth).Level == AuditLevel.Request);
    }

    [Fact]
    public void TheFirstRuleThatMatchesDecidesAndStagesAddUp()
    {
        var policy = Read("omitStages: [RequestReceived]\nomitManagedFields: true\nrules: [{level: None, verbs: [list]}, {level: Metadata, omitStages: [Panic]}, {level: Request}]");
        Assert.Equal(AuditLevel.None, policy.Evaluate(GetSecret with { Verb = "list" }).Level);
        Assert.Equal(new AuditDecision(AuditLevel.Metadata, AuditStages.RequestReceived | AuditStages.Panic, true), policy.Evaluate(GetSecret));
        Assert.False(Read("omitManagedFields: true\nrules: [{level: Metadata, omitManagedFields: false}]").Evaluate(GetSecret).OmitManagedFields);
    }

    [Theory]
    [InlineData("rules: []", "loaded illegal policy with 0 rules")]
    [InlineData("rules: [{}]", "rules[0].level: Required value")]
    [InlineData("rules: [{level: Loud}]", "rules[0].level: Unsupported value: \"Loud\": supported values: \"None\", \"Metadata\", \"Request\", \"RequestResponse\"")]
    [InlineData("rules: [{level: None, nonResourceURLs: [healthz]}]", "rules[0].nonResourceURLs[0]: Invalid value: \"healthz\": non-resource URL rules must begin with a '/' character")]
    [InlineData("rules: [{level: None, nonResourceURLs: ['/a*b']}]", "rules[0].nonResourceURLs[0]: Invalid value: \"/a*b\": non-resource URL wildcards '*' must be the final character of the rule")]
    [InlineData("rules: [{level: None, nonResourceURLs: [/a], namespaces: [b]}]", "rules[0].nonResourceURLs: Invalid value: []string{\"/a\"}: rules cannot apply to both regular resources and non-resource URLs")]
    [InlineData("rules: [{level: None, resources: [{resourceNames: [a]}]}]", "rules[0].resources.resourceNames: Invalid value: []string{\"a\"}: using resourceNames requires at least one resource")]
    [InlineData("rules: [{level: None, omitStages: [Never]}]", "rules[0].omitStages[0]: Invalid value: \"Never\": allowed stages are RequestReceived,ResponseStarted,ResponseComplete,Panic")]
    public void AWrongPolicyIsRefusedInKubernetesWords(string body, string message) => Assert.Equal(message, Assert.Throws<FormatException>(() => Read(body)).Message);

    [Fact]
    public void AGroupMustBeAName()
    {
        var error = Assert.Throws<FormatException>(() => Read("rules: [{level: None, resources: [{group: rbac.authorization.k8s.io/v1}]}]"));
        Assert.StartsWith("rules[0].resources.group: Invalid value: \"rbac.authorization.k8s.io/v1\": a lowercase RFC 1123 subdomain", error.Message, StringComparison.Ordinal);
    }

    private static AuditPolicy Read(string body) => AuditPolicyReader.Read(Encoding.UTF8.GetBytes("kind: Policy\napiVersion: audit.k8s.io/v1\n" + body));
}
