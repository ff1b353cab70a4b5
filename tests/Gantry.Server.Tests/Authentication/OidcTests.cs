using System.Security.Cryptography;
using System.Text;
using Gantry.Server.Authentication.Oidc;
using Gantry.Server.Authentication.Tokens;
using Gantry.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Server.Tests.Authentication;

/// <summary>Tokens of an OpenID provider that runs in the test.</summary>
public sealed class OidcTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _clock = new();
    private List<SigningKey> _keys = [MakeKey(), MakeKey()];
    private int _published = 1;
    private int _reads;
    private string? _issuer;
    private JsonServer _provider = null!;

    public async Task InitializeAsync() => _provider = await JsonServer.StartAsync((path, _) => path switch
    {
        "/.well-known/openid-configuration" => $$"""{"issuer":"{{_issuer ?? _provider.Url}}","jwks_uri":"{{_provider.Url}}/keys"}""",
        "/keys" => Keys(),
        _ => null,
    });

    public async Task DisposeAsync()
    {
        await _provider.DisposeAsync();
        _keys.ForEach(k => k.Dispose());
    }

    [Fact]
    public async Task A_token_gives_name_and_groups_with_what_is_put_before_them()
    {
        using var tokens = Tokens(Options() with { Groups = new ClaimSource { Claim = "roles", Prefix = "oidc:" }, Uid = new ClaimSource { Claim = "oid" } });
        var known = Assert.IsType<TokenOutcome.Known>(await AskAsync(tokens, Token("""
            "sub":"alice","roles":["devs","ops"],"oid":"u-1"
            """)));
        Assert.Equal((_provider.Url + "#alice", "u-1"), (known.User.Name, known.User.Uid));
        Assert.Equal(["oidc:devs", "oidc:ops"], known.User.Groups);
    }

    [Fact]
    public async Task A_single_group_may_be_a_plain_text()
    {
        using var tokens = Tokens(Options() with { Groups = new ClaimSource { Claim = "role" } });
        Assert.Equal(["devs"], Assert.IsType<TokenOutcome.Known>(await AskAsync(tokens, Token("""
            "sub":"alice","role":"devs"
            """))).User.Groups);
    }

    [Theory]
    [InlineData("""  "sub":5 """, "oidc: parse username claims \"sub\": json: cannot unmarshal number into Go value of type string")]
    [InlineData("""  "email":"a@b" """, "oidc: parse username claims \"sub\": claim not present")]
    [InlineData("""  "sub":"alice","aud":"else" """, "oidc: verify token: oidc: expected audience \"gantry\" got [\"else\"]")]
    [InlineData("""  "sub":"alice","exp":1 """, "oidc: verify token: oidc: token is expired (Token Expiry: 1970-01-01 00:00:01 +0000 UTC)")]
    public async Task A_token_that_does_not_fit_is_refused_with_the_reason(string claims, string why)
    {
        using var tokens = Tokens(Options());
        Assert.Equal(why, Refusal(await AskAsync(tokens, Token(claims))));
    }

    [Theory]
    [InlineData("""  "sub":"a","email":"a@b","email_verified":false """, "oidc: email not verified")]
    [InlineData("""  "sub":"a","email":"a@b","email_verified":"yes" """, "oidc: parse 'email_verified' claim: json: cannot unmarshal string into Go value of type bool")]
    public async Task A_mail_address_counts_only_if_it_was_verified(string claims, string why)
    {
        using var tokens = Tokens(Options() with { Username = new ClaimSource { Claim = "email" } });
        Assert.Equal(why, Refusal(await AskAsync(tokens, Token(claims))));
    }

    [Fact]
    public async Task A_required_claim_must_be_there_with_its_value()
    {
        using var tokens = Tokens(Options() with { RequiredClaims = [("hd", "example.com")] });
        Assert.Equal("oidc: required claim hd not present in ID token", Refusal(await AskAsync(tokens, Token("\"sub\":\"a\""))));
        Assert.Equal("oidc: required claim hd value does not match. Got = else, want = example.com", Refusal(await AskAsync(tokens, Token("\"sub\":\"a\",\"hd\":\"else\""))));
        Assert.IsType<TokenOutcome.Known>(await AskAsync(tokens, Token("\"sub\":\"a\",\"hd\":\"example.com\"")));
    }

    [Fact]
    public async Task A_new_key_of_the_provider_is_found_and_forged_tokens_cost_one_question_a_second()
    {
        using var tokens = Tokens(Options());
        Assert.IsType<TokenOutcome.Known>(await AskAsync(tokens, Token("\"sub\":\"a\"")));
        Assert.Equal(1, _reads);
        _clock.Advance(TimeSpan.FromSeconds(2));
        using var stranger = MakeKey();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("oidc: verify token: failed to verify signature: failed to verify id token signature", Refusal(await AskAsync(tokens, Token("\"sub\":\"a\"", stranger))));
        }

        Assert.Equal(2, _reads);
        _published = 2;
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.IsType<TokenOutcome.Known>(await AskAsync(tokens, Token("\"sub\":\"a\"", _keys[1])));
        Assert.IsType<TokenOutcome.Known>(await AskAsync(tokens, Token("\"sub\":\"a\"")));
        Assert.Equal(3, _reads);
    }

    [Fact]
    public async Task A_provider_that_calls_itself_something_else_is_not_believed()
    {
        _issuer = "https://else.example";
        using var tokens = Tokens(Options());
        Assert.Equal($"oidc: authenticator for issuer \"{_provider.Url}\" is not initialized", Refusal(await AskAsync(tokens, Token("\"sub\":\"a\""))));
    }

    [Fact]
    public async Task An_algorithm_that_is_not_listed_is_refused()
    {
        using var tokens = Tokens(Options() with { Algorithms = ["RS256"] });
        Assert.Equal("oidc: verify token: oidc: id token signed with unsupported algorithm, expected [\"RS256\"] got \"ES256\"", Refusal(await AskAsync(tokens, Token("\"sub\":\"a\""))));
    }

    [Fact]
    public async Task A_token_of_another_issuer_is_left_to_others()
    {
        using var tokens = Tokens(Options() with { Issuer = "https://else.example" });
        Assert.IsType<TokenOutcome.NotMine>(await AskAsync(tokens, Token("\"sub\":\"a\"")));
    }

    [Fact]
    public async Task Expressions_over_the_claims_make_the_user()
    {
        using var tokens = Tokens(Options() with
        {
            Username = new ClaimSource { Expression = "'corp:' + claims.sub" },
            Groups = new ClaimSource { Expression = "claims.roles.split(',').map(r, 'g:' + r)" },
            Uid = new ClaimSource { Expression = "string(claims.id)" },
            Extra = [("acme.com/tenant", "claims.tenant"), ("acme.com/none", "''")],
            ClaimRules = [new ClaimRule("claims.tenant == 'blue'", "the tenant must be blue")],
            UserRules = [new ClaimRule("!user.username.startsWith('system:')", "reserved"), new ClaimRule("user.groups.all(g, g.startsWith('g:'))", "groups")],
        });
        var user = Assert.IsType<TokenOutcome.Known>(await AskAsync(tokens, Token("""
            "sub":"alice","roles":"a,b","id":7,"tenant":"blue"
            """))).User;
        Assert.Equal(("corp:alice", "7"), (user.Name, user.Uid));
        Assert.Equal(["g:a", "g:b"], user.Groups);
        Assert.Equal(["blue"], user.Extra["acme.com/tenant"]);
        Assert.False(user.Extra.ContainsKey("acme.com/none"));
        Assert.Equal(
            "oidc: error evaluating claim validation expression: validation expression 'claims.tenant == 'blue'' failed: the tenant must be blue",
            Refusal(await AskAsync(tokens, Token("""
                "sub":"alice","roles":"a","id":7,"tenant":"red"
                """))));
        Assert.StartsWith("oidc: error evaluating username claim expression: expression ''corp:' + claims.sub' resulted in error: no such key: sub",
            Refusal(await AskAsync(tokens, Token("\"id\":1"))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("claims.sub", "5", "oidc: error evaluating username claim expression: username claim expression must return a string")]
    [InlineData("''", "5", "oidc: empty username via CEL expression is not allowed")]
    public async Task A_name_by_expression_must_be_a_text(string expression, string sub, string why)
    {
        using var tokens = Tokens(Options() with { Username = new ClaimSource { Expression = expression } });
        Assert.Equal(why, Refusal(await AskAsync(tokens, Token($"\"sub\":{sub}"))));
    }

    private string Keys()
    {
        _reads++;
        return Encoding.UTF8.GetString(IssuerDiscovery.Keys([.. _keys.Take(_published)]));
    }

    private JwtOptions Options() => new()
    {
        Issuer = _provider.Url, CertificateAuthority = _provider.Authority, Audiences = ["gantry"],
        Username = new ClaimSource { Claim = "sub", Prefix = _provider.Url + "#" },
    };

    private OidcTokens Tokens(JwtOptions options) => new(options, _clock, NullLogger.Instance);

    private string Token(string claims, SigningKey? key = null)
    {
        var rest = (claims.Contains("\"aud\"", StringComparison.Ordinal) ? "" : ",\"aud\":[\"gantry\"]")
            + (claims.Contains("\"exp\"", StringComparison.Ordinal) ? "" : $",\"exp\":{_clock.GetUtcNow().ToUnixTimeSeconds() + 600}");
        return WebToken.Write(Encoding.UTF8.GetBytes($"{{\"iss\":\"{_provider.Url}\",{claims.Trim()}{rest}}}"), key ?? _keys[0]);
    }

    private static async Task<TokenOutcome> AskAsync(OidcTokens tokens, string token) => await tokens.AuthenticateAsync(token, [], default);

    private static string Refusal(TokenOutcome outcome) => Assert.IsType<TokenOutcome.Rejected>(outcome).Reason;

    private static SigningKey MakeKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return SigningKey.FromPem(key.ExportPkcs8PrivateKeyPem());
    }
}
