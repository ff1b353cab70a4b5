using System.Globalization;
using Gantry.Server.Authentication.Tokens;
using Gantry.Server.Authorization;
using Gantry.Server.Requests;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.Authentication.Oidc;

/// <summary>Accepts identity tokens of one OpenID provider. The words of refusals are those of Kubernetes' own authenticator.</summary>
public sealed class OidcTokens : ITokenAuthenticator, IDisposable
{
    // Providers' clocks differ from ours.
    private static readonly TimeSpan NotBeforeLeeway = TimeSpan.FromMinutes(5);

    private readonly JwtOptions _options;
    private readonly IssuerKeys _keys;
    private readonly UserMapping _mapping;
    private readonly TimeProvider _clock;

    /// <param name="options">The provider, and how its claims become a user.</param>
    /// <param name="clock">Says whether tokens are expired.</param>
    /// <param name="log">Is told when keys cannot be read.</param>
    public OidcTokens(JwtOptions options, TimeProvider clock, ILogger log)
    {
        _options = options;
        _keys = new IssuerKeys(options, clock, log);
        _mapping = new UserMapping(options);
        _clock = clock;
    }

    public async ValueTask<TokenOutcome> AuthenticateAsync(string token, IReadOnlyList<string> audiences, CancellationToken cancellation)
    {
        if (WebToken.Issuer(token) != _options.Issuer || WebToken.Parse(token) is not { } parsed)
        {
            return TokenOutcome.None;
        }

        if (await _keys.GetAsync(cancellation).ConfigureAwait(false) is not { } keys)
        {
            return new TokenOutcome.Rejected($"oidc: authenticator for issuer {GoText.Quote(_options.Issuer)} is not initialized");
        }

        try
        {
            var claims = TokenClaims.Parse(parsed.Claims);
            CheckAudience(claims);
            CheckTime(claims);
            if (!_options.Algorithms.Contains(parsed.Algorithm, StringComparer.Ordinal))
            {
                throw new ClaimException($"oidc: verify token: oidc: id token signed with unsupported algorithm, expected {GoText.List(_options.Algorithms)} got {GoText.Quote(parsed.Algorithm)}");
            }

            await CheckSignatureAsync(parsed, keys, cancellation).ConfigureAwait(false);
            return new TokenOutcome.Known(_mapping.Map(claims), []);
        }
        catch (ClaimException refused)
        {
            return new TokenOutcome.Rejected(refused.Message);
        }
    }

    public void Dispose() => _keys.Dispose();

    private void CheckAudience(TokenClaims claims)
    {
        var named = claims.Has("aud") ? claims.Texts("aud") : [];
        if (!named.Intersect(_options.Audiences, StringComparer.Ordinal).Any())
        {
            throw new ClaimException(_options.Audiences is [var only]
                ? $"oidc: verify token: oidc: expected audience {GoText.Quote(only)} got {GoText.List(named)}"
                : $"oidc: verify token: oidc: expected audience in {GoText.List(_options.Audiences)} got {GoText.List(named)}");
        }
    }

    private void CheckTime(TokenClaims claims)
    {
        var now = _clock.GetUtcNow();
        var expires = At(claims.Seconds("exp") ?? 0);
        if (now > expires)
        {
            throw new ClaimException($"oidc: verify token: oidc: token is expired (Token Expiry: {Show(expires)})");
        }

        if (claims.Seconds("nbf") is { } seconds && now + NotBeforeLeeway < At(seconds))
        {
            throw new ClaimException($"oidc: verify token: oidc: current time {Show(now)} before the nbf (not before) time: {Show(At(seconds))}");
        }
    }

    private async ValueTask CheckSignatureAsync(WebToken token, IssuerKeys.KeySet keys, CancellationToken cancellation)
    {
        if (IsSigned(token, keys))
        {
            return;
        }

        // The provider may have new keys.
        if (await _keys.NewerAsync(keys, cancellation).ConfigureAwait(false) is not { } newer || ReferenceEquals(newer, keys) || !IsSigned(token, newer))
        {
            throw new ClaimException("oidc: verify token: failed to verify signature: failed to verify id token signature");
        }
    }

    private static bool IsSigned(WebToken token, IssuerKeys.KeySet keys) =>
        keys.Keys.Any(k => (token.KeyId.Length == 0 || k.Id == token.KeyId) && token.IsSignedBy(k));

    private static DateTimeOffset At(double seconds) =>
        DateTimeOffset.FromUnixTimeSeconds((long)Math.Clamp(seconds, 0, DateTimeOffset.MaxValue.ToUnixTimeSeconds()));

    private static string Show(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss '+0000 UTC'", CultureInfo.InvariantCulture);
}
