using Gantry.Server.Requests;

namespace Gantry.Server.Authentication.Tokens;

/// <summary>Finds out whom a bearer token belongs to. Requests and TokenReviews both ask.</summary>
public interface ITokenAuthenticator
{
    /// <param name="token">The token as it came; at most <see cref="BearerToken.MaximumLength"/> characters.</param>
    /// <param name="audiences">The audiences the caller accepts; empty for the API server's own.</param>
    /// <param name="cancellation">Ends the look-ups.</param>
    ValueTask<TokenOutcome> AuthenticateAsync(string token, IReadOnlyList<string> audiences, CancellationToken cancellation);
}

/// <summary>The closed set of answers of an <see cref="ITokenAuthenticator"/>.</summary>
public abstract record TokenOutcome
{
    private TokenOutcome()
    {
    }

    public static TokenOutcome None { get; } = new NotMine();

    /// <param name="User">Without <c>system:authenticated</c>; the bearer authenticator adds it.</param>
    /// <param name="Audiences">Those of the accepted audiences the token is for; empty where the authenticator knows none.</param>
    public sealed record Known(UserInfo User, IReadOnlyList<string> Audiences) : TokenOutcome
    {
        /// <summary>What the audit log is told of the token; null for nothing.</summary>
        public KeyValuePair<string, string>? Note { get; init; }

        /// <summary>What the client is warned of; null for nothing.</summary>
        public string? Warning { get; init; }
    }

    /// <summary>Not a token of this authenticator's kind.</summary>
    public sealed record NotMine : TokenOutcome;

    /// <summary>A token of this kind, but no longer or not here valid. The reason is for TokenReview and logs, and holds no part of the token.</summary>
    public sealed record Rejected(string Reason) : TokenOutcome
    {
        /// <summary>What the audit log is told of the token; null for nothing.</summary>
        public KeyValuePair<string, string>? Note { get; init; }
    }
}
