namespace Gantry.Server.Authentication;

/// <summary>A proxy in front of the server that authenticates users itself and says in headers who they are.</summary>
public sealed record RequestHeaderOptions
{
    /// <summary>PEM of the authorities that sign the proxy's certificate.</summary>
    public required string ClientCaFile { get; init; }

    /// <summary>The common names the proxy may have; empty for any.</summary>
    public IReadOnlyList<string> AllowedNames { get; init; } = [];

    /// <summary>Headers that may hold the user's name; the first that does counts.</summary>
    public IReadOnlyList<string> UsernameHeaders { get; init; } = ["X-Remote-User"];

    public IReadOnlyList<string> UidHeaders { get; init; } = [];

    public IReadOnlyList<string> GroupHeaders { get; init; } = ["X-Remote-Group"];

    public IReadOnlyList<string> ExtraHeaderPrefixes { get; init; } = ["X-Remote-Extra-"];

    /// <summary>Every fault of these options, as the option's name and what is wrong with it.</summary>
    public IEnumerable<(string Option, string Fault)> Check()
    {
        if (!File.Exists(ClientCaFile))
        {
            yield return ("authentication.requestHeader.clientCaFile", $"{ClientCaFile} does not exist");
        }

        if (UsernameHeaders.Count == 0)
        {
            yield return ("authentication.requestHeader.usernameHeaders", "must name at least one header");
        }
    }
}
