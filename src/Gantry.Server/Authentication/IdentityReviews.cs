using Gantry.Api.Models;
using Gantry.Server.Authentication.Tokens;
using Gantry.Server.Authorization;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;

namespace Gantry.Server.Authentication;

/// <summary>Answers the questions of <c>authentication.k8s.io</c>: whose token is this, and who am I.</summary>
public sealed class IdentityReviews
{
    private readonly ITokenAuthenticator _tokens;
    private readonly TokenOptions _options;
    private readonly TimeProvider _clock;

    public IdentityReviews(ITokenAuthenticator tokens, TokenOptions options, TimeProvider clock)
    {
        _tokens = tokens;
        _options = options;
        _clock = clock;
    }

    /// <summary>What is wrong with a review, or null.</summary>
    public static ApiStatus? Check(V1TokenReview review) =>
        review.Spec.Token.Length == 0 ? ApiStatus.BadRequest("token is required for TokenReview in authentication") : null;

    /// <summary>The review with what was found out about its token.</summary>
    public async ValueTask<V1TokenReview> AnswerAsync(V1TokenReview review, CancellationToken cancellation)
    {
        var token = review.Spec.Token;
        var wanted = review.Spec.Audiences.Count > 0 ? review.Spec.Audiences : _options.Audiences;
        var outcome = token.Length > BearerToken.MaximumLength
            ? new TokenOutcome.Rejected("the bearer token is too long")
            : await _tokens.AuthenticateAsync(token, wanted, cancellation).ConfigureAwait(false);
        return review with { Status = Status(outcome) };
    }

    /// <summary>Who the asking user is.</summary>
    public V1SelfSubjectReview WhoAmI(UserInfo user) => new()
    {
        Metadata = new V1ObjectMeta { CreationTimestamp = DateTimeOffset.FromUnixTimeSeconds(_clock.GetUtcNow().ToUnixTimeSeconds()) },
        Status = new V1SelfSubjectReviewStatus { UserInfo = UserModels.Of(user) },
    };

    // The server's own tokens for itself are asked first, and do not know it either: their words come first.
    private static V1TokenReviewStatus Status(TokenOutcome outcome) => outcome switch
    {
        TokenOutcome.Known known => new V1TokenReviewStatus
        {
            Authenticated = true,
            User = UserModels.Of(BearerAuthenticator.WithAuthenticated(known.User)),
            Audiences = known.Audiences,
        },
        TokenOutcome.Rejected rejected => new V1TokenReviewStatus { Error = GoText.Aggregate([BearerAuthenticator.Invalid, rejected.Reason]) },
        _ => new V1TokenReviewStatus { Error = BearerAuthenticator.Invalid },
    };
}
