using Gantry.Server.Authorization;

namespace Gantry.Server.Tests.Authorization;

public sealed class AuthorizationConfigTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_whole_configuration_is_read()
    {
        var options = Read($$"""
            authorizers:
            - type: Webhook
              name: first
              webhook:
                authorizedTTL: 1m30s
                unauthorizedTTL: 0s
                timeout: 3s
                subjectAccessReviewVersion: v1
                matchConditionSubjectAccessReviewVersion: v1
                failurePolicy: Deny
                connectionInfo: {type: KubeConfigFile, kubeConfigFile: {{_file}}}
                matchConditions: [{expression: "has(request.resourceAttributes)"}]
            - {type: RBAC, name: rbac}
            """);
        Assert.Equal(["Webhook", "RBAC"], options.Authorizers.Select(a => a.Type));
        var webhook = options.Authorizers[0].Webhook!;
        Assert.Equal((TimeSpan.FromSeconds(90), TimeSpan.Zero, TimeSpan.FromSeconds(3), true), (webhook.AuthorizedTtl, webhook.UnauthorizedTtl, webhook.Timeout, webhook.DeniesOnFailure));
        Assert.Equal(["has(request.resourceAttributes)"], webhook.MatchConditions);
    }

    [Theory]
    [InlineData("authorizers: []", "authorizers: Required value: at least one authorization mode must be defined")]
    [InlineData("authorizers: [{type: RBAC, name: a}, {type: RBAC, name: b}]", "authorizers[1].type: Duplicate value: \"RBAC\"")]
    [InlineData("authorizers: [{type: RBAC}]", "authorizers[0].name: Required value")]
    [InlineData("authorizers: [{type: Webhook, name: a}]", "authorizers[0].webhook: Required value: required when type=Webhook")]
    [InlineData("authorizers: [{type: Guess, name: a}]", "authorizers[0].type: Unsupported value: \"Guess\": supported values: \"ABAC\", \"AlwaysAllow\", \"AlwaysDeny\", \"Node\", \"RBAC\", \"Webhook\"")]
    public void A_wrong_configuration_is_refused_in_the_usual_words(string text, string fault) =>
        Assert.EndsWith(": " + fault, Assert.Throws<FormatException>(() => Read(text)).Message, StringComparison.Ordinal);

    private AuthorizationOptions Read(string text)
    {
        File.WriteAllText(_file, "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\n" + text);
        return AuthorizationConfig.Read(_file);
    }
}
