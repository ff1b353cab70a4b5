using Gantry.Server.Authentication.Oidc;

namespace Gantry.Server.Tests.Authentication;

public sealed class AuthenticationConfigTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_whole_configuration_is_read()
    {
        var (issuers, anonymous) = Read("""
            jwt:
            - issuer:
                url: https://issuer.example
                discoveryURL: https://elsewhere.example/.well-known/openid-configuration
                audiences: [a, b]
                audienceMatchPolicy: MatchAny
              claimValidationRules:
              - {claim: hd, requiredValue: example.com}
              - {expression: "claims.exp - claims.nbf <= 86400", message: too long}
              claimMappings:
                username: {claim: sub, prefix: "x:"}
                groups: {expression: "claims.roles"}
                uid: {claim: oid}
                extra: [{key: acme.com/tenant, valueExpression: claims.tenant}]
              userValidationRules: [{expression: "!user.username.startsWith('system:')", message: reserved}]
            anonymous:
              enabled: true
              conditions: [{path: /livez}]
            """);
        var issuer = Assert.Single(issuers);
        Assert.Equal(("https://issuer.example", "https://elsewhere.example/.well-known/openid-configuration"), (issuer.Issuer, issuer.DiscoveryUrl));
        Assert.Equal(("sub", "x:", "claims.roles", "oid"), (issuer.Username.Claim, issuer.Username.Prefix, issuer.Groups!.Expression, issuer.Uid!.Claim));
        Assert.Equal([("hd", "example.com")], issuer.RequiredClaims);
        Assert.Equal("too long", issuer.ClaimRules.Single().Message);
        Assert.Equal([("acme.com/tenant", "claims.tenant")], issuer.Extra);
        Assert.True(anonymous!.Allows("/livez"));
        Assert.False(anonymous.Allows("/livez/ping"));
        Assert.False(anonymous.Allows("/readyz"));
    }

    [Theory]
    [InlineData("issuer: {url: 'http://a', audiences: [a]}", "jwt[0].issuer.url: Invalid value: \"http://a\": URL scheme must be https")]
    [InlineData("issuer: {url: 'https://own.example', audiences: [a]}", "jwt[0].issuer.url: Invalid value: \"https://own.example\": URL must not overlap with disallowed issuers: [https://own.example]")]
    [InlineData("issuer: {url: 'https://a', audiences: []}", "jwt[0].issuer.audiences: Required value: at least one jwt[0].issuer.audiences is required")]
    [InlineData("issuer: {url: 'https://a', audiences: [a, b]}", "jwt[0].issuer.audienceMatchPolicy: Invalid value: \"\": audienceMatchPolicy must be MatchAny for multiple audiences")]
    [InlineData("issuer: {url: 'https://a', audiences: [a], discoveryURL: 'https://a/'}", "jwt[0].issuer.discoveryURL: Invalid value: \"https://a/\": discoveryURL must be different from URL")]
    public void A_wrong_issuer_is_refused_in_the_usual_words(string issuer, string fault) =>
        Assert.EndsWith(": " + fault, Fault($"jwt: [{{{issuer}, claimMappings: {{username: {{claim: sub, prefix: ''}}}}}}]"), StringComparison.Ordinal);

    [Theory]
    [InlineData("{username: {claim: sub}}", "jwt[0].claimMappings.username.prefix: Required value: prefix is required when claim is set. It can be set to an empty string to disable prefixing")]
    [InlineData("{}", "jwt[0].claimMappings.username: Required value: claim or expression is required")]
    [InlineData("{username: {expression: 'claims.sub', prefix: x}}", "jwt[0].claimMappings.username.prefix: Invalid value: \"x\": prefix can't be set when expression is set")]
    [InlineData("{username: {expression: 'claims.email'}}", "jwt[0].claimMappings.username.expression: Invalid value: \"claims.email\": claims.email_verified must be used in claimMappings.username.expression or claimMappings.extra[*].valueExpression or claimValidationRules[*].expression when claims.email is used in claimMappings.username.expression")]
    [InlineData("{username: {expression: 'claims.sub'}, extra: [{key: k8s.io/a, valueExpression: '1'}]}", "jwt[0].claimMappings.extra[0].key: Invalid value: \"k8s.io/a\": k8s.io, kubernetes.io and their subdomains are reserved for Kubernetes use")]
    public void A_wrong_mapping_is_refused_in_the_usual_words(string mappings, string fault) =>
        Assert.EndsWith(": " + fault, Fault($"jwt: [{{issuer: {{url: 'https://a', audiences: [a]}}, claimMappings: {mappings}}}]"), StringComparison.Ordinal);

    [Fact]
    public void An_expression_that_is_none_is_told_with_its_place()
    {
        var fault = Fault("jwt: [{issuer: {url: 'https://a', audiences: [a]}, claimMappings: {username: {expression: 'claims.sub'}}, userValidationRules: [{expression: 'user.name == 1'}]}]");
        Assert.Contains("jwt[0].userValidationRules[0].expression: Invalid value: \"user.name == 1\": compilation failed: ERROR: <input>:1:5: undefined field 'name'", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_known_is_refused() =>
        Assert.EndsWith("strict decoding error: unknown field \"jwt[0].isuer\"", Fault("""
            jwt: [{isuer: {}, issuer: {url: 'https://a', audiences: [a]}, claimMappings: {username: {expression: 'claims.sub'}}}]
            """), StringComparison.Ordinal);

    private string Fault(string text) => Assert.Throws<FormatException>(() => Read(text)).Message;

    private (IReadOnlyList<JwtOptions> Issuers, Gantry.Server.Authentication.AnonymousOptions? Anonymous) Read(string text)
    {
        File.WriteAllText(_file, "apiVersion: apiserver.config.k8s.io/v1beta1\nkind: AuthenticationConfiguration\n" + text);
        return AuthenticationConfig.Read(_file, ["https://own.example"]);
    }
}
