namespace Gantry.Server.Authentication.Oidc;

/// <summary>An issuer of JSON web tokens whose users are users here: one <c>jwt</c> entry of an AuthenticationConfiguration, or the <c>--oidc-*</c> options.</summary>
public sealed record JwtOptions
{
    /// <summary>The <c>iss</c> of its tokens, an https URL.</summary>
    public required string Issuer { get; init; }

    /// <summary>Where its OpenID configuration is, if not below <see cref="Issuer"/>.</summary>
    public string DiscoveryUrl { get; init; } = "";

    /// <summary>PEM of the authorities its server's certificate may come from; empty for those of the machine.</summary>
    public string CertificateAuthority { get; init; } = "";

    /// <summary>The audiences of which a token must name one.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    /// <summary>The algorithms its tokens may be signed with.</summary>
    public IReadOnlyList<string> Algorithms { get; init; } = Tokens.WebKey.Algorithms;

    public required ClaimSource Username { get; init; }

    public ClaimSource? Groups { get; init; }

    public ClaimSource? Uid { get; init; }

    /// <summary>Further attributes of the user, by expressions.</summary>
    public IReadOnlyList<(string Key, string Expression)> Extra { get; init; } = [];

    /// <summary>Claims that must be there with that very text.</summary>
    public IReadOnlyList<(string Claim, string Value)> RequiredClaims { get; init; } = [];

    /// <summary>Expressions over the claims that must be true.</summary>
    public IReadOnlyList<ClaimRule> ClaimRules { get; init; } = [];

    /// <summary>Expressions over the user that must be true.</summary>
    public IReadOnlyList<ClaimRule> UserRules { get; init; } = [];
}
