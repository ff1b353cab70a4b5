using Gantry.Server.Authorization;
using Gantry.Server.Requests;

namespace Gantry.Server.Authentication.Oidc;

/// <summary>Makes a user of verified claims.</summary>
internal sealed class UserMapping
{
    private readonly JwtOptions _options;

    public UserMapping(JwtOptions options)
    {
        _options = options;
    }

    /// <exception cref="ClaimException">The claims make no user that is wanted here.</exception>
    public UserInfo Map(TokenClaims claims)
    {
        var user = new UserInfo { Name = Name(claims), Groups = Groups(claims), Uid = Uid(claims) };
        foreach (var (claim, value) in _options.RequiredClaims)
        {
            CheckClaim(claims, claim, value);
        }

        return user;
    }

    private string Name(TokenClaims claims)
    {
        var claim = _options.Username.Claim;
        var name = Read(() => claims.Text(claim), $"oidc: parse username claims {GoText.Quote(claim)}");
        // A mail address is a name only if the provider has seen that it is the user's.
        if (claim == "email" && claims.Has("email_verified") && !Read(() => claims.Flag("email_verified"), "oidc: parse 'email_verified' claim"))
        {
            throw new ClaimException("oidc: email not verified");
        }

        return _options.Username.Prefix + name;
    }

    private IReadOnlyList<string> Groups(TokenClaims claims)
    {
        if (_options.Groups is not { Claim.Length: > 0 } source || !claims.Has(source.Claim))
        {
            return [];
        }

        var groups = Read(() => claims.Texts(source.Claim), $"oidc: parse groups claim {GoText.Quote(source.Claim)}");
        return source.Prefix.Length == 0 ? groups : [.. groups.Select(g => source.Prefix + g)];
    }

    private string Uid(TokenClaims claims) => _options.Uid is { Claim.Length: > 0 } source
        ? Read(() => claims.Text(source.Claim), $"oidc: parse uid claim {GoText.Quote(source.Claim)}") : "";

    private static void CheckClaim(TokenClaims claims, string claim, string value)
    {
        if (!claims.Has(claim))
        {
            throw new ClaimException($"oidc: required claim {claim} not present in ID token");
        }

        var got = Read(() => claims.Text(claim), $"oidc: parse claim {claim}");
        if (got != value)
        {
            throw new ClaimException($"oidc: required claim {claim} value does not match. Got = {got}, want = {value}");
        }
    }

    private static T Read<T>(Func<T> read, string what)
    {
        try
        {
            return read();
        }
        catch (ClaimException e)
        {
            throw new ClaimException($"{what}: {e.Message}", e);
        }
    }
}
