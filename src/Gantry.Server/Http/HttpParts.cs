using Gantry.Server.Handling;
using Gantry.Server.Pipeline;

namespace Gantry.Server.Http;

/// <summary>What the pipeline is made of.</summary>
internal sealed record HttpParts
{
    public required IAuthenticator Authenticator { get; init; }

    public required IAuthorizer Authorizer { get; init; }

    public required ApiDispatcher Dispatcher { get; init; }

    public required Aggregation.AggregatedApis Aggregated { get; init; }

    public required PlainPaths Paths { get; init; }

    public required AnswerWriter Writer { get; init; }

    public required RequestMetrics Metrics { get; init; }

    public required Authentication.IdentityFigures Identities { get; init; }

    public required Flows.FlowController Flows { get; init; }

    public required RequestDeadlines Deadlines { get; init; }

    /// <summary>Tells the audit log of requests; null where nothing is audited.</summary>
    public Audit.Auditor? Auditor { get; init; }

    /// <summary>Makes the ids of requests where nothing is audited.</summary>
    public required Audit.RequestIds Ids { get; init; }

    /// <summary>Whether the Table form can be answered.</summary>
    public required bool HasTables { get; init; }
}
