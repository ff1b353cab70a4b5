namespace Gantry.Server.Authentication.Tokens;

/// <summary>Asks token authenticators in order; the first that knows the user wins, else the last refusal counts.</summary>
public sealed class TokenChain : ITokenAuthenticator
{
    private readonly IReadOnlyList<ITokenAuthenticator> _parts;

    public TokenChain(params IReadOnlyList<ITokenAuthenticator> parts)
    {
        _parts = parts;
    }

    public async ValueTask<TokenOutcome> AuthenticateAsync(string token, IReadOnlyList<string> audiences, CancellationToken cancellation)
    {
        var outcome = TokenOutcome.None;
        foreach (var part in _parts)
        {
            var answer = await part.AuthenticateAsync(token, audiences, cancellation).ConfigureAwait(false);
            if (answer is TokenOutcome.Known)
            {
                return answer;
            }

            if (answer is TokenOutcome.Rejected)
            {
                outcome = answer;
            }
        }

        return outcome;
    }
}
