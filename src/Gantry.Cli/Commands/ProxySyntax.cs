using System.CommandLine;
using System.CommandLine.Parsing;
using Gantry.Server.Authentication;

namespace Gantry.Cli.Commands;

/// <summary>The options of a proxy that authenticates users itself.</summary>
internal sealed class ProxySyntax
{
    private readonly Option<string?> _ca = IdentitySyntax.File("--requestheader-client-ca-file", "PEM of the authority of a proxy that says in headers who its users are.");
    private readonly Option<string[]> _names = IdentitySyntax.List("--requestheader-allowed-names", "The common names the proxy's certificate may have; any if not given.", "NAME,...");
    private readonly Option<string[]> _users = IdentitySyntax.List("--requestheader-username-headers", "Headers that hold the user's name; X-Remote-User if not given.", "HEADER,...");
    private readonly Option<string[]> _uids = IdentitySyntax.List("--requestheader-uid-headers", "Headers that hold the user's uid.", "HEADER,...");
    private readonly Option<string[]> _groups = IdentitySyntax.List("--requestheader-group-headers", "Headers that hold the user's groups; X-Remote-Group if not given.", "HEADER,...");
    private readonly Option<string[]> _extra = IdentitySyntax.List("--requestheader-extra-headers-prefix", "How headers with further attributes begin; X-Remote-Extra- if not given.", "PREFIX,...");

    public IEnumerable<Option> All => [_ca, _names, _users, _uids, _groups, _extra];

    public RequestHeaderOptions? Read(ParseResult parsed)
    {
        if (parsed.GetValue(_ca) is not { } file)
        {
            return null;
        }

        var fallback = new RequestHeaderOptions { ClientCaFile = file };
        IReadOnlyList<string> Or(Option<string[]> option, IReadOnlyList<string> other) => IdentitySyntax.Items(parsed, option) is { Count: > 0 } given ? given : other;
        return fallback with
        {
            AllowedNames = Or(_names, fallback.AllowedNames),
            UsernameHeaders = Or(_users, fallback.UsernameHeaders),
            UidHeaders = Or(_uids, fallback.UidHeaders),
            GroupHeaders = Or(_groups, fallback.GroupHeaders),
            ExtraHeaderPrefixes = Or(_extra, fallback.ExtraHeaderPrefixes),
        };
    }
}
