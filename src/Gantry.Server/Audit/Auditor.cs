using System.Net;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;
using Gantry.Server.Writing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.Audit;

/// <summary>Makes the events of requests and hands them to the backends. A server without an audit policy has none.</summary>
public sealed class Auditor : IAsyncDisposable
{
    private const int LongestAgent = 1024;

    private readonly AuditPolicy _policy;
    private readonly IReadOnlyList<(IAuditBackend Backend, bool Strict)> _backends;
    private readonly IIds _ids;
    private readonly TimeProvider _clock;

    /// <param name="policy">Which requests.</param>
    /// <param name="backends">Where events go, and whether a request may not go on without them. Disposed with this.</param>
    /// <param name="figures">Counts.</param>
    /// <param name="ids">Makes ids of requests that bring none.</param>
    /// <param name="clock">The time of events.</param>
    public Auditor(AuditPolicy policy, IReadOnlyList<(IAuditBackend Backend, bool Strict)> backends, AuditFigures figures, IIds ids, TimeProvider clock)
    {
        _policy = policy;
        _backends = backends;
        Figures = figures;
        _ids = ids;
        _clock = clock;
    }

    public AuditFigures Figures { get; }

    /// <summary>The auditor that the options ask for, or null. A policy is read even where events go nowhere.</summary>
    /// <exception cref="ArgumentException">The policy or a backend's file is wrong.</exception>
    public static Auditor? Of(AuditOptions options, Func<Random> dice, IIds ids, TimeProvider clock, ILogger log)
    {
        var policy = options.PolicyFile.Length == 0 ? null : AuditFiles.Policy(options.PolicyFile);
        if (!options.HasBackend)
        {
            return null;
        }

        if (policy is null)
        {
            AuditLog.NoPolicy(log);
            return null;
        }

        var figures = new AuditFigures();
        return new Auditor(policy, [.. AuditFiles.Backends(options, figures, dice, clock, log)], figures, ids, clock);
    }

    /// <summary>Begins the events of an HTTP request, if the policy wants any; the context of its features holds them from then on.</summary>
    /// <param name="http">The request.</param>
    /// <param name="info">What it asks for.</param>
    /// <param name="user">Who asks, before impersonation.</param>
    /// <param name="lasts">Whether the beginning of its answer is an event, too.</param>
    /// <param name="start">When it came, as the clock's timestamp.</param>
    /// <param name="cancellation">Ends waiting for backends.</param>
    /// <returns>Why a request whose event could not be kept is refused, or null.</returns>
    internal async ValueTask<string?> BeginAsync(HttpContext http, RequestInfo info, UserInfo user, bool lasts, long start, CancellationToken cancellation)
    {
        if (Context(http, info, user, start) is not { } context)
        {
            return null;
        }

        http.Features.Set(context);
        if (lasts)
        {
            http.Response.OnStarting(async () => await StartedAsync(context, http.Response.StatusCode).ConfigureAwait(false));
        }

        return await ReceivedAsync(context, cancellation).ConfigureAwait(false);
    }

    /// <summary>Tells of a request whose credentials are wrong: there is one event, for its answer.</summary>
    internal void Unauthenticated(HttpContext http, RequestInfo info, long start)
    {
        if (Context(http, info, null, start) is not { } context)
        {
            return;
        }

        http.Features.Set(context);
        http.Response.OnStarting(async () => await StartedAsync(context, http.Response.StatusCode).ConfigureAwait(false));
    }

    /// <summary>Tells the end of an HTTP request.</summary>
    internal async ValueTask EndAsync(HttpContext http, bool lasts, Exception? fault)
    {
        if (http.Features.Get<AuditContext>() is not { Facts.User: not null } context)
        {
            return;
        }

        if (fault is not null)
        {
            context.Fails(ApiStatus.Internal("APIServer panic'd: " + fault.Message));
            await TellAsync(context, AuditStages.Panic, StatusCodes.Status500InternalServerError, CancellationToken.None).ConfigureAwait(false);
            return;
        }

        var code = http.Response.StatusCode;
        if (!http.Response.HasStarted)
        {
            context.Fails(new ApiStatus { Code = 200, Message = "Connection closed early" });
            code = StatusCodes.Status200OK;
            if (lasts)
            {
                await StartedAsync(context, code).ConfigureAwait(false);
            }
        }

        await TellAsync(context, AuditStages.ResponseComplete, code, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Begins the events of a request from inside the process.</summary>
    internal async ValueTask<(AuditContext? Context, ApiStatus? Refusal)> BeginAsync(RequestInfo info, UserInfo user, string agent, CancellationToken cancellation)
    {
        var asked = AuthorizationAttributes.Of(user, info);
        if (Decide(asked) is not { } decision)
        {
            return (null, null);
        }

        var facts = new AuditFacts
        {
            Id = NewId(), Received = _clock.GetUtcNow(), RequestUri = AuditAddresses.UriOf(info), Verb = info.Verb, User = user, SourceIps = [IPAddress.Loopback.ToString()],
            UserAgent = agent,
        };
        var context = new AuditContext(decision, facts, About(asked));
        return (context, await ReceivedAsync(context, cancellation).ConfigureAwait(false) is { } fault ? ApiStatus.Internal(fault) : null);
    }

    /// <summary>Tells the end of a request from inside the process.</summary>
    internal ValueTask EndAsync(AuditContext context, int code) => new(TellAsync(context, AuditStages.ResponseComplete, code, CancellationToken.None).AsTask());

    /// <summary>The id of a request: the client's, or a new one.</summary>
    internal string IdOf(HttpContext http) => AuditAddresses.IdOf(http.Request) ?? NewId();

    public async ValueTask DisposeAsync()
    {
        foreach (var (backend, _) in _backends)
        {
            await backend.DisposeAsync().ConfigureAwait(false);
        }
    }

    private AuditContext? Context(HttpContext http, RequestInfo info, UserInfo? user, long start)
    {
        var asked = AuthorizationAttributes.Of(user ?? new UserInfo { Name = "" }, info);
        if (Decide(asked) is not { } decision)
        {
            return null;
        }

        var request = http.Request;
        var agent = request.Headers.UserAgent.ToString();
        var facts = new AuditFacts
        {
            Id = http.Response.Headers[AuditAddresses.IdHeader].ToString(), Received = _clock.GetUtcNow() - _clock.GetElapsedTime(start),
            RequestUri = AuditAddresses.UriOf(request), Verb = asked.Verb, User = user, SourceIps = AuditAddresses.Sources(request),
            UserAgent = agent.Length > LongestAgent ? agent[..LongestAgent] + "...TRUNCATED" : agent,
        };
        return new AuditContext(decision, facts, About(asked));
    }

    private AuditDecision? Decide(AuthorizationAttributes asked)
    {
        var decision = _policy.Evaluate(asked);
        Figures.Request(decision.Level);
        return decision.Level == AuditLevel.None ? null : decision;
    }

    private static AuditObjectReference? About(AuthorizationAttributes asked) => !asked.IsResource ? null
        : new AuditObjectReference(asked.Resource, asked.Namespace, asked.Name, "", asked.Group, asked.Version, "", asked.Subresource);

    private async ValueTask<string?> ReceivedAsync(AuditContext context, CancellationToken cancellation)
    {
        if (await TellAsync(context, AuditStages.RequestReceived, 0, cancellation).ConfigureAwait(false))
        {
            return null;
        }

        Figures.Rejected();
        return "failed to store audit event";
    }

    private async ValueTask StartedAsync(AuditContext context, int code)
    {
        if (!context.HasStarted)
        {
            context.HasStarted = true;
            await TellAsync(context, AuditStages.ResponseStarted, code, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> TellAsync(AuditContext context, AuditStages stage, int code, CancellationToken cancellation)
    {
        if (context.Decision.OmitStages.HasFlag(stage))
        {
            return true;
        }

        Figures.Event();
        var at = stage == AuditStages.RequestReceived ? context.Facts.Received : _clock.GetUtcNow();
        AuditEvent[] events = [context.Event(stage, at, code)];
        var kept = true;
        foreach (var (backend, strict) in _backends)
        {
            kept &= await backend.ProcessAsync(events, cancellation).ConfigureAwait(false) || !strict;
        }

        return kept;
    }

    private string NewId() => _ids.NewId().ToString("D");
}
