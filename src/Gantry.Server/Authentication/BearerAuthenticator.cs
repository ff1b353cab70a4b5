using Gantry.Server.Authentication.Tokens;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Authentication;

/// <summary>Authenticates requests by their bearer token.</summary>
public sealed class BearerAuthenticator : IAuthenticator
{
    /// <summary>What is said of tokens that nobody knows.</summary>
    internal const string Invalid = "invalid bearer token";

    private readonly ITokenAuthenticator _tokens;

    public BearerAuthenticator(ITokenAuthenticator tokens)
    {
        _tokens = tokens;
    }

    public async ValueTask<AuthenticationOutcome> AuthenticateAsync(HttpContext context, CancellationToken cancellation)
    {
        if (BearerToken.Of(context.Request.Headers) is not { } token)
        {
            return AuthenticationOutcome.None;
        }

        if (token.Length > BearerToken.MaximumLength)
        {
            return new AuthenticationOutcome.Rejected("the bearer token is too long");
        }

        return await _tokens.AuthenticateAsync(token, [], cancellation).ConfigureAwait(false) switch
        {
            TokenOutcome.Known known => new AuthenticationOutcome.Known(WithAuthenticated(known.User)) { Note = known.Note, Warning = known.Warning },
            TokenOutcome.Rejected rejected => new AuthenticationOutcome.Rejected(rejected.Reason) { Note = rejected.Note },
            _ => new AuthenticationOutcome.Rejected(Invalid),
        };
    }

    internal static UserInfo WithAuthenticated(UserInfo user) =>
        user.IsIn(UserInfo.AuthenticatedGroup) || user.IsIn(UserInfo.UnauthenticatedGroup)
            ? user
            : user with { Groups = [.. user.Groups, UserInfo.AuthenticatedGroup] };
}
