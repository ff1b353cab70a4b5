using System.Security.Cryptography;
using Gantry.Server.Authentication.Tokens;
using Gantry.Testing;

namespace Gantry.Server.Tests.Authentication;

public sealed class ServiceAccountTokenTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly FixedObjects _objects = new();
    private readonly SigningKey _key = MakeKey();
    private readonly TokenOptions _options = new();

    public ServiceAccountTokenTests()
    {
        _objects.Objects[(BoundKind.ServiceAccount, "ns", "robot")] = new LiveObject("sa-1", null);
        _objects.Objects[(BoundKind.Pod, "ns", "web")] = new LiveObject("pod-1", null);
    }

    [Fact]
    public async Task A_good_token_gives_user_groups_and_what_it_is_bound_to()
    {
        var known = Assert.IsType<TokenOutcome.Known>(await Ask(Token(Claims())));
        Assert.Equal("system:serviceaccount:ns:robot", known.User.Name);
        Assert.Equal("sa-1", known.User.Uid);
        Assert.Equal(["system:serviceaccounts", "system:serviceaccounts:ns"], known.User.Groups);
        Assert.Equal(["web"], known.User.Extra["authentication.kubernetes.io/pod-name"]);
        Assert.Equal(["JTI=t1"], known.User.Extra["authentication.kubernetes.io/credential-id"]);
    }

    [Fact]
    public async Task An_expired_token_is_refused()
    {
        var token = Token(Claims());
        Assert.IsType<TokenOutcome.Known>(await Ask(token));
        _clock.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(59));
        Assert.IsType<TokenOutcome.Known>(await Ask(token));
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("service account token has expired", Refusal(await Ask(token)));
    }

    [Fact]
    public async Task A_token_of_a_pod_lives_a_year_and_is_told_of_when_it_should_have_been_renewed()
    {
        var issuer = new TokenIssuer(_options, _key, _objects, _clock, Guid.NewGuid);
        _objects.Objects[(BoundKind.Pod, "ns", "web")] = new LiveObject("pod-1", null) { ServiceAccount = "robot" };
        var asked = new Gantry.Api.Models.AuthenticationV1TokenRequest
        {
            Spec = new Gantry.Api.Models.V1TokenRequestSpec
            {
                Audiences = _options.Audiences, ExpirationSeconds = 3607, BoundObjectRef = new Gantry.Api.Models.V1BoundObjectReference { Kind = "Pod", ApiVersion = "v1", Name = "web" },
            },
        };
        var grant = (await issuer.IssueAsync("ns", "robot", asked, default)).Issued!;
        Assert.Equal(_clock.GetUtcNow().AddSeconds(3607), grant.Request.Status!.ExpirationTimestamp);
        var token = grant.Request.Status.Token;

        Assert.Null(Assert.IsType<TokenOutcome.Known>(await Ask(token)).Note);
        _clock.Advance(TimeSpan.FromHours(2));
        var stale = Assert.IsType<TokenOutcome.Known>(await Ask(token)).Note!.Value;
        Assert.Equal(("authentication.k8s.io/stale-token", "subject: system:serviceaccount:ns:robot, seconds after warning threshold: 3593"), (stale.Key, stale.Value));
        _clock.Advance(TimeSpan.FromDays(366));
        Assert.Equal("service account token has expired", Refusal(await Ask(token)));
    }

    [Fact]
    public async Task A_token_dies_with_its_account_even_after_it_was_seen_good()
    {
        var token = Token(Claims());
        Assert.IsType<TokenOutcome.Known>(await Ask(token));
        _ = _objects.Objects.Remove((BoundKind.ServiceAccount, "ns", "robot"));
        Assert.Equal("serviceaccounts \"robot\" not found", Refusal(await Ask(token)));
    }

    [Fact]
    public async Task A_token_of_an_account_made_again_under_the_same_name_is_refused()
    {
        _objects.Objects[(BoundKind.ServiceAccount, "ns", "robot")] = new LiveObject("sa-2", null);
        Assert.Equal("service account UID (sa-2) does not match claim (sa-1)", Refusal(await Ask(Token(Claims()))));
    }

    [Fact]
    public async Task A_pod_keeps_its_token_for_a_minute_after_its_deletion_was_asked_for()
    {
        var token = Token(Claims());
        _objects.Objects[(BoundKind.Pod, "ns", "web")] = new LiveObject("pod-1", _clock.GetUtcNow());
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.IsType<TokenOutcome.Known>(await Ask(token));
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("service account token has been invalidated", Refusal(await Ask(token)));
    }

    [Fact]
    public async Task A_token_for_another_audience_is_refused_here_and_good_there()
    {
        var token = Token(Claims() with { Audiences = ["vault"] });
        Assert.Contains("audiences", Refusal(await Ask(token)), StringComparison.Ordinal);
        Assert.Equal(["vault"], Assert.IsType<TokenOutcome.Known>(await Ask(token, "vault", "else")).Audiences);
    }

    [Fact]
    public async Task A_changed_claim_breaks_the_signature()
    {
        var good = Token(Claims()).Split('.');
        var other = Token(Claims() with { Expires = long.MaxValue / 4 }).Split('.');
        Assert.Equal("go-jose/go-jose: error in cryptographic primitive", Refusal(await Ask($"{good[0]}.{other[1]}.{good[2]}")));
    }

    [Fact]
    public async Task A_token_signed_by_another_key_is_refused()
    {
        using var stranger = MakeKey();
        Assert.Equal("go-jose/go-jose: error in cryptographic primitive", Refusal(await Ask(WebToken.Write(Claims().ToJson(), stranger))));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("RS256")]
    public async Task The_header_cannot_choose_how_the_token_is_checked(string algorithm)
    {
        var parts = Token(Claims()).Split('.');
        var header = System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes($$"""{"alg":"{{algorithm}}"}"""));
        Assert.Equal("go-jose/go-jose: error in cryptographic primitive", Refusal(await Ask($"{header}.{parts[1]}.{parts[2]}")));
        Assert.Equal("go-jose/go-jose: error in cryptographic primitive", Refusal(await Ask($"{header}.{parts[1]}.")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("a.b.c")]
    [InlineData("...")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.W10.AA")]
    public async Task What_is_no_token_of_ours_is_left_to_others(string token) => Assert.IsType<TokenOutcome.NotMine>(await Ask(token));

    [Fact]
    public async Task Tokens_of_an_earlier_key_stay_good_while_the_key_is_listed()
    {
        using var fresh = MakeKey();
        var tokens = new ServiceAccountTokens(_options, [fresh, _key], _objects, _clock);
        Assert.IsType<TokenOutcome.Known>(await tokens.AuthenticateAsync(Token(Claims()), [], default));
    }

    [Fact]
    public void Rsa_keys_sign_and_verify_too()
    {
        using var rsa = RSA.Create(2048);
        using var key = SigningKey.FromPem(rsa.ExportPkcs8PrivateKeyPem());
        Assert.Equal("RS256", key.Algorithm);
        Assert.NotNull(WebToken.Verify(WebToken.Write(Claims().ToJson(), key), [key]));
        Assert.Equal(["use", "kty", "kid", "alg", "n", "e"], key.Members().Select(m => m.Name));
    }

    [Fact]
    public void Small_rsa_keys_are_refused()
    {
        using var rsa = RSA.Create(1024);
        Assert.Throws<CryptographicException>(() => SigningKey.FromPem(rsa.ExportPkcs8PrivateKeyPem()));
    }

    [Fact]
    public void Claims_survive_writing_and_reading()
    {
        var claims = Claims() with { Node = new BoundObject("one", "n1"), WarnAfter = 17 };
        var read = ServiceAccountClaims.Parse(claims.ToJson());
        Assert.Equal(claims.ToJson(), read!.ToJson());
    }

    [Fact]
    public async Task A_token_of_an_earlier_issuer_is_accepted_while_it_is_listed()
    {
        var token = Token(Claims() with { Issuer = "https://old.example" });
        Assert.IsType<TokenOutcome.NotMine>(await Ask(token));
        var tokens = new ServiceAccountTokens(_options with { OldIssuers = ["https://old.example"] }, [_key], _objects, _clock);
        Assert.IsType<TokenOutcome.Known>(await tokens.AuthenticateAsync(token, [], default));
    }

    [Theory]
    [InlineData("pod", "pod UID (pod-1) does not match service account pod ref claim (pod-0)")]
    [InlineData("secret", "secret UID (secret-1) does not match service account secret ref claim (secret-0)")]
    [InlineData("node", "node UID (node-1) does not match service account node ref claim (node-0)")]
    public async Task A_token_bound_to_an_object_made_again_is_refused(string kind, string why)
    {
        _objects.Objects[(BoundKind.Secret, "ns", "s")] = new LiveObject("secret-1", null);
        _objects.Objects[(BoundKind.Node, "", "n")] = new LiveObject("node-1", null);
        var claims = Claims() with { Pod = null };
        claims = kind switch
        {
            "pod" => claims with { Pod = new BoundObject("web", "pod-0") },
            "secret" => claims with { Secret = new BoundObject("s", "secret-0") },
            _ => claims with { Node = new BoundObject("n", "node-0") },
        };
        Assert.Equal(why, Refusal(await Ask(Token(claims))));
    }

    [Fact]
    public async Task The_node_in_a_pods_token_is_information_and_no_condition()
    {
        var known = Assert.IsType<TokenOutcome.Known>(await Ask(Token(Claims() with { Node = new BoundObject("gone", "") })));
        Assert.Equal(["gone"], known.User.Extra["authentication.kubernetes.io/node-name"]);
        Assert.False(known.User.Extra.ContainsKey("authentication.kubernetes.io/node-uid"));
    }

    private static SigningKey MakeKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return SigningKey.FromPem(key.ExportPkcs8PrivateKeyPem());
    }

    private ServiceAccountClaims Claims()
    {
        var now = _clock.GetUtcNow().ToUnixTimeSeconds();
        return new ServiceAccountClaims
        {
            Issuer = _options.Issuer,
            Subject = "system:serviceaccount:ns:robot",
            Audiences = _options.Audiences,
            Namespace = "ns",
            ServiceAccount = new BoundObject("robot", "sa-1"),
            Pod = new BoundObject("web", "pod-1"),
            Id = "t1",
            IssuedAt = now,
            NotBefore = now,
            Expires = now + 3600,
        };
    }

    private string Token(ServiceAccountClaims claims) => WebToken.Write(claims.ToJson(), _key);

    private async Task<TokenOutcome> Ask(string token, params string[] audiences) =>
        await new ServiceAccountTokens(_options, [_key], _objects, _clock).AuthenticateAsync(token, audiences, default);

    private static string Refusal(TokenOutcome outcome) => Assert.IsType<TokenOutcome.Rejected>(outcome).Reason;
}
