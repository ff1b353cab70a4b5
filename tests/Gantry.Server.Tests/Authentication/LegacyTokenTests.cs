using System.Security.Cryptography;
using System.Text;
using Gantry.Server.Authentication.Tokens;
using Gantry.Testing;

namespace Gantry.Server.Tests.Authentication;

public sealed class LegacyTokenTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly FixedObjects _objects = new();
    private readonly TokenOptions _options = new();
    private readonly SigningKey _key;
    private readonly string _token;
    private readonly List<string> _recorded = [];

    public LegacyTokenTests()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _key = SigningKey.FromPem(key.ExportPkcs8PrivateKeyPem());
        _token = new TokenIssuer(_options, _key, _objects, _clock, Guid.NewGuid).IssueForSecret("ns", "robot", "sa-1", "robot-token");
        _objects.Objects[(BoundKind.ServiceAccount, "ns", "robot")] = new LiveObject("sa-1", null);
        Hold(_token);
    }

    [Fact]
    public async Task A_token_that_its_secret_holds_is_good_without_an_end()
    {
        _clock.Advance(TimeSpan.FromDays(3650));
        var known = Assert.IsType<TokenOutcome.Known>(await Ask());
        Assert.Equal(("system:serviceaccount:ns:robot", "sa-1"), (known.User.Name, known.User.Uid));
        Assert.Empty(known.User.Extra);
        Assert.Equal(_options.Audiences, known.Audiences);
    }

    [Fact]
    public async Task A_token_dies_with_its_secret()
    {
        Assert.True(_objects.Objects.Remove((BoundKind.Secret, "ns", "robot-token")));
        Assert.Equal("Token has been invalidated", Refusal(await Ask()));
    }

    [Fact]
    public async Task A_secret_that_holds_another_token_takes_the_first_one_back()
    {
        Hold("else");
        Assert.Equal("Token does not match server's copy", Refusal(await Ask()));
    }

    [Fact]
    public async Task An_account_made_again_does_not_inherit_the_token()
    {
        _objects.Objects[(BoundKind.ServiceAccount, "ns", "robot")] = new LiveObject("sa-2", null);
        Assert.Equal("ServiceAccount UID (sa-2) does not match claim (sa-1)", Refusal(await Ask()));
    }

    [Fact]
    public async Task A_token_for_others_than_the_api_server_it_is_not() =>
        Assert.Contains("is invalid for the target audiences [\"vault\"]", Refusal(await Ask("vault")), StringComparison.Ordinal);

    [Fact]
    public async Task The_day_of_the_last_use_is_recorded_once_a_day()
    {
        Assert.IsType<TokenOutcome.Known>(await Ask());
        Assert.Equal(["ns/robot-token " + Day()], _recorded);
        Hold(_token, (LegacyTokens.LastUsedLabel, Day()));
        Assert.IsType<TokenOutcome.Known>(await Ask());
        Assert.Single(_recorded);
        _clock.Advance(TimeSpan.FromDays(2));
        Assert.IsType<TokenOutcome.Known>(await Ask());
        Assert.Equal(2, _recorded.Count);
    }

    [Fact]
    public async Task A_token_marked_invalid_is_refused_and_its_use_recorded()
    {
        Hold(_token, (LegacyTokens.InvalidSinceLabel, "2025-01-01"));
        Assert.StartsWith("the token in secret ns/robot-token for service account ns/robot has been marked invalid.", Refusal(await Ask()), StringComparison.Ordinal);
        Assert.Single(_recorded);
    }

    private string Day() => _clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private void Hold(string token, params (string Key, string Value)[] labels) => _objects.Objects[(BoundKind.Secret, "ns", "robot-token")] =
        new LiveObject("s-1", null) { Token = Encoding.UTF8.GetBytes(token), Labels = labels.ToDictionary(l => l.Key, l => l.Value) };

    private async Task<TokenOutcome> Ask(params string[] audiences) => await new LegacyTokens(_options, [_key], _objects, _clock, (ns, name, day, _) =>
    {
        _recorded.Add($"{ns}/{name} {day}");
        return ValueTask.CompletedTask;
    }).AuthenticateAsync(_token, audiences, default);

    private static string Refusal(TokenOutcome outcome) => Assert.IsType<TokenOutcome.Rejected>(outcome).Reason;
}
