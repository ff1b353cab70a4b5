using System.Text;
using Gantry.Server.Authentication;
using Gantry.Server.Authentication.Tokens;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Tests.Authentication;

public sealed class RequestAuthenticationTests
{
    private readonly AuthenticatorChain _chain = new(
        [new BearerAuthenticator(StaticTokens.Parse("""
            # token,user,uid,groups
            secret,alice,1,"devs,ops"
            other,bob,2
            """))],
        new AnonymousOptions());

    [Fact]
    public async Task A_listed_token_gives_its_user_with_the_groups_of_the_file()
    {
        var known = Assert.IsType<AuthenticationOutcome.Known>(await Ask("/api", "Bearer secret"));
        Assert.Equal(("alice", "1"), (known.User.Name, known.User.Uid));
        Assert.Equal(["devs", "ops", "system:authenticated"], known.User.Groups);
    }

    [Fact]
    public async Task A_wrong_token_is_refused_even_where_anonymous_requests_are_allowed() =>
        Assert.IsType<AuthenticationOutcome.Rejected>(await Ask("/healthz", "Bearer guess"));

    [Fact]
    public async Task A_huge_token_is_refused_unread() =>
        Assert.Equal("the bearer token is too long",
            Assert.IsType<AuthenticationOutcome.Rejected>(await Ask("/api", "Bearer " + new string('x', 17_000))).Reason);

    [Theory]
    [InlineData("/healthz", true)]
    [InlineData("/livez/ping", true)]
    [InlineData("/healthzz", false)]
    [InlineData("/api/v1/pods", false)]
    public async Task Requests_without_credentials_are_let_in_for_health_only(string path, bool allowed)
    {
        var outcome = await Ask(path, null);
        if (allowed)
        {
            Assert.Equal(UserInfo.Anonymous, Assert.IsType<AuthenticationOutcome.Known>(outcome).User.Name);
        }
        else
        {
            Assert.IsType<AuthenticationOutcome.NoCredentials>(outcome);
        }
    }

    [Fact]
    public async Task Browsers_may_send_the_token_as_a_websocket_protocol()
    {
        var context = new DefaultHttpContext();
        var encoded = System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes("secret"));
        context.Request.Headers.SecWebSocketProtocol = "v5.channel.k8s.io, " + BearerToken.ProtocolPrefix + encoded;
        Assert.IsType<AuthenticationOutcome.Known>(await _chain.AuthenticateAsync(context, default));
    }

    [Fact]
    public void A_broken_line_of_the_token_file_is_named_and_its_token_is_not()
    {
        var fault = Assert.Throws<FormatException>(() => StaticTokens.Parse("good,u,1\nhunter2,u"));
        Assert.Contains("line 2", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", fault.Message, StringComparison.Ordinal);
    }

    private async Task<AuthenticationOutcome> Ask(string path, string? authorization)
    {
        var context = new DefaultHttpContext();
        context.Request.Path = path;
        if (authorization is not null)
        {
            context.Request.Headers.Authorization = authorization;
        }

        return await _chain.AuthenticateAsync(context, default);
    }
}
