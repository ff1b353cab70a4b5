namespace Gantry.Server.Requests;

/// <summary>Who makes a request, as authentication found out (or impersonation asked for).</summary>
public sealed record UserInfo
{
    public const string Anonymous = "system:anonymous";
    public const string AuthenticatedGroup = "system:authenticated";
    public const string UnauthenticatedGroup = "system:unauthenticated";
    public const string MastersGroup = "system:masters";

    public required string Name { get; init; }

    public string Uid { get; init; } = "";

    public IReadOnlyList<string> Groups { get; init; } = [];

    public IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; } = NoExtra;

    private static readonly Dictionary<string, IReadOnlyList<string>> NoExtra = new(StringComparer.Ordinal);

    /// <summary>The user of requests without credentials.</summary>
    public static UserInfo AnonymousUser { get; } = new() { Name = Anonymous, Groups = [UnauthenticatedGroup] };

    /// <summary>The server's own loops: everything is allowed to them, as to the loopback client of any API server.</summary>
    public static UserInfo Loopback { get; } = new() { Name = "system:apiserver", Groups = [MastersGroup, AuthenticatedGroup] };

    public bool IsIn(string group) => Groups.Contains(group, StringComparer.Ordinal);
}
