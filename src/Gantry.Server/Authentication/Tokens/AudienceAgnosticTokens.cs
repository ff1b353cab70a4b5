namespace Gantry.Server.Authentication.Tokens;

/// <summary>Tokens that know no audience: they are for the API server alone, so whoever accepts others only is not answered.</summary>
public sealed class AudienceAgnosticTokens : ITokenAuthenticator
{
    private readonly ITokenAuthenticator _tokens;
    private readonly IReadOnlyList<string> _own;

    /// <param name="tokens">Says whose a token is.</param>
    /// <param name="own">The audiences of the API server.</param>
    public AudienceAgnosticTokens(ITokenAuthenticator tokens, IReadOnlyList<string> own)
    {
        _tokens = tokens;
        _own = own;
    }

    public async ValueTask<TokenOutcome> AuthenticateAsync(string token, IReadOnlyList<string> audiences, CancellationToken cancellation)
    {
        var shared = audiences.Count == 0 ? _own : [.. _own.Intersect(audiences, StringComparer.Ordinal)];
        if (shared.Count == 0)
        {
            return TokenOutcome.None;
        }

        var outcome = await _tokens.AuthenticateAsync(token, audiences, cancellation).ConfigureAwait(false);
        return outcome is TokenOutcome.Known known ? known with { Audiences = shared } : outcome;
    }
}
