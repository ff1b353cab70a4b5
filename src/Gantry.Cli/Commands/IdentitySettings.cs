using Gantry.Server;
using Gantry.Server.Authentication;
using Gantry.Server.Authentication.Tokens;
using Gantry.Server.Authorization;

namespace Gantry.Cli.Commands;

/// <summary>Whom a server believes, and who decides what they may do, as the command line says.</summary>
public sealed record IdentitySettings
{
    public TokenOptions Tokens { get; init; } = new();

    public AuthenticationOptions Authentication { get; init; } = new();

    public AnonymousOptions Anonymous { get; init; } = new();

    public AuthorizationOptions Authorization { get; init; } = new();

    /// <summary>The words that give another process the same settings.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The server's options with these settings.</summary>
    public ApiServerOptions On(ApiServerOptions options) =>
        options with { Tokens = Tokens, Authentication = Authentication, Anonymous = Anonymous, Authorization = Authorization };
}
