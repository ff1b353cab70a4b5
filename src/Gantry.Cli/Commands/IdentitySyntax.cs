using System.CommandLine;
using System.CommandLine.Parsing;
using Gantry.Server.Authentication;
using Gantry.Server.Authentication.Tokens;

namespace Gantry.Cli.Commands;

/// <summary>The options that say whom the server believes and who decides, called as kube-apiserver calls them.</summary>
public sealed class IdentitySyntax
{
    private readonly Option<bool?> _anonymous = new("--anonymous-auth")
    {
        Description = "Whether requests without credentials are let in as system:anonymous everywhere; on the health paths alone if not given.",
    };

    private readonly Option<string?> _clientCa = File("--client-ca-file", "PEM of a further authority whose client certificates are believed.");
    private readonly Option<string[]> _issuers = List("--service-account-issuer", "The issuer of service-account tokens; given again, issuers of earlier days that are accepted still.", "URL");
    private readonly Option<string?> _signingKey = File("--service-account-signing-key-file", "The private key that signs service-account tokens; one of the server's own if not given.");
    private readonly Option<string[]> _keys = List("--service-account-key-file", "Further keys whose service-account tokens are accepted.", "FILE");
    private readonly Option<string?> _keysUrl = new("--service-account-jwks-uri") { Description = "Where others find these keys, if not here.", HelpName = "URL" };
    private readonly Option<string?> _maximum = Time("--service-account-max-token-expiration", "The longest life of a token that is asked for; no limit if not given.");
    private readonly Option<bool> _extend = new("--service-account-extend-token-expiration") 
    {
        Description = "Let the tokens of pods live a year, for programs that read theirs once; true if not given.", DefaultValueFactory = _ => true,
    };

    private readonly Option<string[]> _audiences = List("--api-audiences", "What tokens for this server are for; its issuers if not given.", "NAME,...");
    private readonly Option<bool> _bootstrap = new("--enable-bootstrap-token-auth") { Description = "Accept tokens from secrets of the type bootstrap.kubernetes.io/token." };
    private readonly IdentityProviderSyntax _providers = new();
    private readonly ProxySyntax _proxy = new();
    private readonly AuthorizationSyntax _authorization = new();

    public IEnumerable<Option> All =>
    [
        _anonymous, _clientCa, _issuers, _signingKey, _keys, _keysUrl, _maximum, _extend, _audiences, _bootstrap,
        .. _providers.All, .. _proxy.All, .. _authorization.All,
    ];

    /// <exception cref="CommandFailure">The options contradict each other, or a file they name cannot be read.</exception>
    public IdentitySettings Read(ParseResult parsed)
    {
        var tokens = Tokens(parsed);
        var (authentication, anonymous) = _providers.Read(parsed, tokens.Issuers);
        if (anonymous is not null && parsed.GetValue(_anonymous) is not null)
        {
            throw new CommandFailure("anonymous is not supported when --anonymous-auth flag is set", 2);
        }

        return new IdentitySettings
        {
            Tokens = tokens,
            Authentication = authentication with
            {
                ClientCaFile = parsed.GetValue(_clientCa) ?? "",
                BootstrapTokens = parsed.GetValue(_bootstrap),
                RequestHeader = _proxy.Read(parsed),
            },
            Anonymous = parsed.GetValue(_anonymous) switch
            {
                true => new AnonymousOptions { Paths = ["/"] },
                false => new AnonymousOptions { Paths = [] },
                _ => anonymous ?? new AnonymousOptions(),
            },
            Authorization = _authorization.Read(parsed),
            Words = [.. All.SelectMany(o => Words(parsed, o))],
        };
    }

    internal static Option<string?> File(string name, string description) => new(name) { Description = description, HelpName = "FILE" };

    internal static Option<string[]> List(string name, string description, string help) => new(name)
    {
        Description = description, HelpName = help, AllowMultipleArgumentsPerToken = false, DefaultValueFactory = _ => [],
    };

    internal static Option<string?> Time(string name, string description) => new(name) { Description = description, HelpName = "TIME" };

    /// <summary>The items of a list that may be given again or with commas.</summary>
    internal static IReadOnlyList<string> Items(ParseResult parsed, Option<string[]> option) =>
        [.. (parsed.GetValue(option) ?? []).SelectMany(v => v.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];

    /// <summary>A time as Go writes it, such as 1h30m.</summary>
    /// <exception cref="CommandFailure">It is none.</exception>
    internal static TimeSpan Duration(ParseResult parsed, Option<string?> option, TimeSpan fallback) =>
        parsed.GetValue(option) is not { } text ? fallback
        : Gantry.Api.GoDuration.TryParse(text, out var nanoseconds, out _) ? TimeSpan.FromTicks(nanoseconds / 100)
        : throw new CommandFailure($"{option.Name} {text}: not a time; write it like 30s or 1h30m", 2);

    /// <summary>What a file that an option names holds.</summary>
    /// <exception cref="CommandFailure">It cannot be read, or holds something else.</exception>
    internal static T Loaded<T>(Option option, string file, Func<string, T> read)
    {
        try
        {
            return read(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new CommandFailure(e is FormatException ? $"{option.Name} {e.Message}" : $"{option.Name} {file}: {e.Message}", e);
        }
    }

    private TokenOptions Tokens(ParseResult parsed)
    {
        var fallback = new TokenOptions();
        var issuers = parsed.GetValue(_issuers) is { Length: > 0 } named ? named : [fallback.Issuer];
        var audiences = Items(parsed, _audiences);
        return fallback with
        {
            Issuer = issuers[0],
            OldIssuers = issuers[1..],
            Audiences = audiences.Count > 0 ? audiences : issuers,
            SigningKeyFile = parsed.GetValue(_signingKey) ?? "",
            KeyFiles = parsed.GetValue(_keys) ?? [],
            KeysUrl = parsed.GetValue(_keysUrl) ?? "",
            MaximumLifetime = Duration(parsed, _maximum, TimeSpan.Zero),
            ExtendExpiration = parsed.GetValue(_extend),
        };
    }

    // Another process may start elsewhere.
    private static IEnumerable<string> Words(ParseResult parsed, Option option)
    {
        if (parsed.GetResult(option) is not { Implicit: false } given)
        {
            return [];
        }

        var values = given.Tokens.Select(t => option.HelpName == "FILE" ? Path.GetFullPath(t.Value) : t.Value).ToList();
        return values.Count == 0 ? [option.Name] : values.SelectMany(v => new[] { option.Name, v });
    }
}
