using Gantry.Server.Pipeline;
using Gantry.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Authentication;

/// <summary>
/// Asks authenticators in order; the first that knows the user wins. Wrong credentials are refused even where anonymous requests are allowed,
/// so that a client learns that its token is bad. Requests without credentials are anonymous on the listed paths only.
/// </summary>
public sealed class AuthenticatorChain : IAuthenticator
{
    private readonly IReadOnlyList<IAuthenticator> _parts;
    private readonly AnonymousOptions _anonymous;

    public AuthenticatorChain(IReadOnlyList<IAuthenticator> parts, AnonymousOptions anonymous)
    {
        _parts = parts;
        _anonymous = anonymous;
    }

    public async ValueTask<AuthenticationOutcome> AuthenticateAsync(HttpContext context, CancellationToken cancellation)
    {
        AuthenticationOutcome? rejected = null;
        foreach (var part in _parts)
        {
            var outcome = await part.AuthenticateAsync(context, cancellation).ConfigureAwait(false);
            switch (outcome)
            {
                case AuthenticationOutcome.Known:
                    return outcome;
                case AuthenticationOutcome.Rejected:
                    rejected ??= outcome;
                    break;
                default:
                    break;
            }
        }

        if (rejected is not null)
        {
            return rejected;
        }

        return _anonymous.Allows(context.Request.Path.Value ?? "/")
            ? new AuthenticationOutcome.Known(UserInfo.AnonymousUser)
            : AuthenticationOutcome.None;
    }
}
