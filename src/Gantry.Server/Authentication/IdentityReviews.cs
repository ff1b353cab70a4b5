using Gantry.Api.Models;
using Gantry.Server.Authentication.Tokens;
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

    /// <summary>The review with what was found out about its token.</summary>
    public async ValueTask<(V1TokenReview? Answer, ApiStatus? Refusal)> ReviewAsync(V1TokenReview review, CancellationToken cancellation)
    {
        var token = review.Spec.Token;
        if (token.Length == 0)
        {
            return (null, ApiStatus.BadRequest("token is required for TokenReview in authentication"));
        }

        if (token.Length > BearerToken.MaximumLength)
        {
            return (review with { Status = new V1TokenReviewStatus { Error = "the token is too long" } }, null);
        }

        var wanted = review.Spec.Audiences.Count > 0 ? review.Spec.Audiences : _options.Audiences;
        return await _tokens.AuthenticateAsync(token, wanted, cancellation).ConfigureAwait(false) switch
        {
            TokenOutcome.Known known => (review with { Status = Status(known, wanted) }, null),
            TokenOutcome.Rejected rejected => (review with { Status = new V1TokenReviewStatus { Error = rejected.Reason } }, null),
            _ => (review with { Status = new V1TokenReviewStatus() }, null),
        };
    }

    /// <summary>Who the asking user is.</summary>
    public V1SelfSubjectReview WhoAmI(UserInfo user) => new()
    {
        Metadata = new V1ObjectMeta { CreationTimestamp = DateTimeOffset.FromUnixTimeSeconds(_clock.GetUtcNow().ToUnixTimeSeconds()) },
        Status = new V1SelfSubjectReviewStatus { UserInfo = UserModels.Of(user) },
    };

    // Tokens that know no audience are for this API server only.
    private V1TokenReviewStatus Status(TokenOutcome.Known known, IReadOnlyList<string> wanted)
    {
        var audiences = known.Audiences.Count > 0 ? known.Audiences : [.. wanted.Intersect(_options.Audiences, StringComparer.Ordinal)];
        return audiences.Count == 0
            ? new V1TokenReviewStatus { Error = "token audiences do not match the target audiences" }
            : new V1TokenReviewStatus
            {
                Authenticated = true,
                User = UserModels.Of(BearerAuthenticator.WithAuthenticated(known.User)),
                Audiences = audiences,
            };
    }
}
