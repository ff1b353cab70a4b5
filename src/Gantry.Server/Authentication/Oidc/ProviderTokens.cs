using System.Text;
using Gantry.Server.Authentication.Tokens;
using Gantry.Server.Configuration;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.Authentication.Oidc;

/// <summary>Accepts tokens of the identity providers that are configured, put together anew when their file changes.</summary>
internal sealed class ProviderTokens : ITokenAuthenticator, IDisposable
{
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly FollowedFile _file;
    private volatile Held _held;
    private Held? _last;

    /// <param name="options">The providers, and the file they are from.</param>
    /// <param name="anonymous">Who is anonymous by that file, which does not change while the server runs.</param>
    /// <param name="tokens">The issuers of the server's own tokens, which nobody else may be.</param>
    /// <param name="server">What figures call this server.</param>
    /// <param name="clock">Says whether tokens are expired.</param>
    /// <param name="log">Is told when keys cannot be read, and when the file changes.</param>
    public ProviderTokens(AuthenticationOptions options, AnonymousOptions anonymous, TokenOptions tokens, string server, TimeProvider clock, ILogger log)
    {
        _clock = clock;
        _log = log;
        _held = Make(options.Issuers);
        _file = new FollowedFile(
            options.ConfigFile, "apiserver_authentication_config_controller", server, _ => Reload(options.ConfigFile, anonymous, tokens), clock, log);
    }

    public ValueTask<TokenOutcome> AuthenticateAsync(string token, IReadOnlyList<string> audiences, CancellationToken cancellation) =>
        _held.Chain.AuthenticateAsync(token, audiences, cancellation);

    /// <summary>Follows the configuration file until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => _file.RunAsync(cancellation);

    public void Append(StringBuilder text) => _file.Append(text);

    public void Dispose()
    {
        _held.Dispose();
        _last?.Dispose();
    }

    private ValueTask Reload(string file, AnonymousOptions anonymous, TokenOptions tokens)
    {
        var (issuers, stated) = AuthenticationConfig.Read(file, tokens.Issuers);
        if (stated is not null && !(stated.AreExact == anonymous.AreExact && stated.Paths.SequenceEqual(anonymous.Paths, StringComparer.Ordinal)))
        {
            throw new FormatException("anonymous: Forbidden: changed from initial configuration file");
        }

        if (new AuthenticationOptions { Issuers = issuers }.Check().FirstOrDefault() is { Fault: { } fault })
        {
            throw new FormatException(fault);
        }

        var made = Make(issuers);
        // Tokens that are being checked still need the one before; the one before that has nobody left.
        _last?.Dispose();
        _last = _held;
        _held = made;
        return default;
    }

    private Held Make(IReadOnlyList<JwtOptions> issuers)
    {
        IReadOnlyList<OidcTokens> parts = [.. issuers.Select(i => new OidcTokens(i, _clock, _log))];
        return new Held(new TokenChain([.. parts]), parts);
    }

    private sealed record Held(TokenChain Chain, IReadOnlyList<OidcTokens> Parts) : IDisposable
    {
        public void Dispose()
        {
            foreach (var part in Parts)
            {
                part.Dispose();
            }
        }
    }
}
