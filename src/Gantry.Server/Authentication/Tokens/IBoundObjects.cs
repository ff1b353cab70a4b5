namespace Gantry.Server.Authentication.Tokens;

public enum BoundKind
{
    ServiceAccount,
    Pod,
    Secret,
    Node,
}

/// <summary>An object as it is stored now, as far as tokens depend on it.</summary>
/// <param name="Uid">Its uid.</param>
/// <param name="Deleted">When its deletion was asked for, or null.</param>
public sealed record LiveObject(string Uid, DateTimeOffset? Deleted)
{
    /// <summary>Of pods: the service account they run as.</summary>
    public string ServiceAccount { get; init; } = "";

    /// <summary>Of service accounts: the names of their secrets.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Of secrets: the token they hold.</summary>
    public byte[] Token { get; init; } = [];

    /// <summary>Of secrets: their labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = NoLabels;

    private static readonly Dictionary<string, string> NoLabels = [];

    /// <summary>Of pods: the node they are bound to.</summary>
    public string NodeName { get; init; } = "";
}

/// <summary>Looks up what tokens are bound to. Reads must not be older than the start of the call: a revoked token is revoked.</summary>
public interface IBoundObjects
{
    /// <returns>The object, or null when there is none of that name.</returns>
    ValueTask<LiveObject?> FindAsync(BoundKind kind, string ns, string name, CancellationToken cancellation);
}
