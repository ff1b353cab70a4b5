namespace Gantry.Server.Authentication.Tokens;

/// <summary>Asks token authenticators in order; the first that knows the user wins, else all refusals are told.</summary>
public sealed class TokenChain : ITokenAuthenticator
{
    private readonly IReadOnlyList<ITokenAuthenticator> _parts;

    public TokenChain(params IReadOnlyList<ITokenAuthenticator> parts)
    {
        _parts = parts;
    }

    public async ValueTask<TokenOutcome> AuthenticateAsync(string token, IReadOnlyList<string> audiences, CancellationToken cancellation)
    {
        List<string>? refusals = null;
        KeyValuePair<string, string>? note = null;
        foreach (var part in _parts)
        {
            switch (await part.AuthenticateAsync(token, audiences, cancellation).ConfigureAwait(false))
            {
                case TokenOutcome.Known known:
                    return known;
                case TokenOutcome.Rejected rejected:
                    (refusals ??= []).Add(rejected.Reason);
                    note ??= rejected.Note;
                    break;
                default:
                    break;
            }
        }

        return refusals is null ? TokenOutcome.None : new TokenOutcome.Rejected(Authorization.GoText.Aggregate(refusals)) { Note = note };
    }
}
