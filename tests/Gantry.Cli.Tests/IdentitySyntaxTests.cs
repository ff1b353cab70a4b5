using System.CommandLine;
using Gantry.Cli.Commands;

namespace Gantry.Cli.Tests;

public sealed class IdentitySyntaxTests
{
    [Fact]
    public void Without_options_nobody_is_believed_but_the_cluster_itself()
    {
        var settings = Read("");
        Assert.Empty(settings.Authentication.Issuers);
        Assert.Null(settings.Authentication.Webhook);
        Assert.Null(settings.Authentication.RequestHeader);
        Assert.False(settings.Anonymous.Allows("/api"));
        Assert.Equal(["Node", "RBAC"], settings.Authorization.Authorizers.Select(a => a.Type));
        Assert.True(settings.Tokens.ExtendExpiration);
        Assert.False(Read("--service-account-extend-token-expiration=false").Tokens.ExtendExpiration);
        Assert.Empty(settings.Words);
    }

    [Fact]
    public void Names_of_a_provider_are_told_apart_by_its_address_unless_they_are_mail_addresses()
    {
        const string provider = "--oidc-issuer-url https://issuer.example --oidc-client-id me";
        Assert.Equal("https://issuer.example#", Read(provider).Authentication.Issuers.Single().Username.Prefix);
        Assert.Equal("", Read(provider + " --oidc-username-claim email").Authentication.Issuers.Single().Username.Prefix);
        Assert.Equal("", Read(provider + " --oidc-username-prefix -").Authentication.Issuers.Single().Username.Prefix);
        Assert.Equal(["RS256"], Read(provider).Authentication.Issuers.Single().Algorithms);
        Assert.Equal([("hd", "a=b")], Read(provider + " --oidc-required-claim hd=a=b").Authentication.Issuers.Single().RequiredClaims);
    }

    [Fact]
    public void Tokens_are_for_their_issuer_unless_told_otherwise()
    {
        var tokens = Read("--service-account-issuer https://new.example --service-account-issuer https://old.example --service-account-max-token-expiration 2h").Tokens;
        Assert.Equal(("https://new.example", TimeSpan.FromHours(2)), (tokens.Issuer, tokens.MaximumLifetime));
        Assert.Equal(["https://old.example"], tokens.OldIssuers);
        Assert.Equal(["https://new.example", "https://old.example"], tokens.Audiences);
        Assert.Equal(["a", "b"], Read("--api-audiences a,b").Tokens.Audiences);
    }

    [Fact]
    public void Another_process_gets_the_same_settings()
    {
        var settings = Read("--anonymous-auth false --enable-bootstrap-token-auth --authorization-mode Node --authorization-mode RBAC,AlwaysDeny --client-ca-file ca.crt");
        Assert.Contains(Path.GetFullPath("ca.crt"), settings.Words);
        var again = Read(string.Join(' ', settings.Words));
        Assert.Equal(settings.Words, again.Words);
        Assert.True(again.Authentication.BootstrapTokens);
        Assert.False(again.Anonymous.Allows("/livez"));
        Assert.Equal(["Node", "RBAC", "AlwaysDeny"], again.Authorization.Authorizers.Select(a => a.Type));
    }

    private static IdentitySettings Read(string words)
    {
        var syntax = new IdentitySyntax();
        var command = new RootCommand();
        foreach (var option in syntax.All)
        {
            command.Add(option);
        }

        var parsed = command.Parse(words.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(parsed.Errors);
        return syntax.Read(parsed);
    }
}
