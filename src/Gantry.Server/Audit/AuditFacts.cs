using Gantry.Server.Requests;

namespace Gantry.Server.Audit;

/// <summary>What is known of a request when it comes in.</summary>
public sealed record AuditFacts
{
    public static AuditFacts None { get; } = new() { Id = "", Received = default, RequestUri = "", Verb = "" };

    /// <summary>The client's <c>Audit-ID</c> header, else a new id.</summary>
    public required string Id { get; init; }

    public required DateTimeOffset Received { get; init; }

    /// <summary>Path and query as they came.</summary>
    public required string RequestUri { get; init; }

    public required string Verb { get; init; }

    /// <summary>Null where nobody could be authenticated.</summary>
    public UserInfo? User { get; init; }

    /// <summary>The nearest proxy last.</summary>
    public IReadOnlyList<string> SourceIps { get; init; } = [];

    public string UserAgent { get; init; } = "";
}
