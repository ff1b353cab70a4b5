using System.Diagnostics;
using Gantry.Api.Schemas;
using Gantry.Server.Audit;
using Gantry.Server.Authentication;
using Gantry.Server.Authorization;
using Gantry.Server.Encryption;
using Gantry.Server.Flows;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Reading;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.Http;

/// <summary>One request from its first byte to its last: who, what, allowed, done, answered. Whatever goes wrong inside is an answer 500 and a log line.</summary>
internal sealed class HttpPipeline
{
    private readonly IAuthenticator _authenticator;
    private readonly IAuthorizer _authorizer;
    private readonly ApiDispatcher _dispatcher;
    private readonly Aggregation.AggregatedApis _aggregated;
    private readonly PlainPaths _paths;
    private readonly AnswerWriter _writer;
    private readonly Auditor? _auditor;
    private readonly RequestIds _ids;
    private readonly RequestMetrics _metrics;
    private readonly IdentityFigures _identities;
    private readonly FlowController _flows;
    private readonly RequestDeadlines _deadlines;
    private readonly bool _tables;
    private readonly int _bodyLimit;
    private readonly CancellationToken _stopping;
    private readonly ILogger _log;
    private readonly TimeProvider _clock;

    public HttpPipeline(HttpParts parts, int bodyLimit, ILogger log, TimeProvider clock, CancellationToken stopping)
    {
        _authenticator = parts.Authenticator;
        _authorizer = parts.Authorizer;
        _dispatcher = parts.Dispatcher;
        _aggregated = parts.Aggregated;
        _paths = parts.Paths;
        _writer = parts.Writer;
        _auditor = parts.Auditor;
        _ids = parts.Ids;
        _metrics = parts.Metrics;
        _identities = parts.Identities;
        _flows = parts.Flows;
        _deadlines = parts.Deadlines;
        _tables = parts.HasTables;
        _bodyLimit = bodyLimit;
        _stopping = stopping;
        _log = log;
        _clock = clock;
    }

    public async Task HandleAsync(HttpContext context)
    {
        var start = _clock.GetTimestamp();
        var request = context.Request;
        var path = request.Path.Value ?? "/";
        var info = RequestInfoParser.Parse(request.Method, path, request.QueryString.Value ?? "");
        var longRunning = IsLongRunning(info);
        using var running = _metrics.Begin(info, request.Method, longRunning);
        Exception? fault = null;
        RequestTime time = default;
        try
        {
            context.Response.Headers.CacheControl = "no-cache, private";
            context.Response.Headers[AuditAddresses.IdHeader] = _auditor is null ? AuditAddresses.IdOf(request) ?? _ids.Next() : _auditor.IdOf(context);

            if (info.IsUnclear)
            {
                await UnclearAsync(context).ConfigureAwait(false);
            }
            else if (_stopping.IsCancellationRequested && !PlainPaths.IsServedToTheEnd(path))
            {
                await StoppingAsync(context).ConfigureAwait(false);
            }
            else
            {
                (time, var refusal) = Begin(context, info, longRunning);
                if (refusal is null)
                {
                    await AnswerAsync(context, info, longRunning, start, time.Token).ConfigureAwait(false);
                }
                else
                {
                    await AnswerWriter.StatusAsync(context, refusal, time.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (time.IsOverdue && !context.RequestAborted.IsCancellationRequested)
        {
            _metrics.Terminated(info, request.Method, StatusCodes.Status504GatewayTimeout);
            await FailAsync(context, RequestDeadlines.Overdue).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested || _stopping.IsCancellationRequested)
        {
            // The client has gone or the server goes: nobody reads an answer.
        }
        catch (BadHttpRequestException e)
        {
            await FailAsync(context, ApiStatus.BadRequest(e.Message) with { Code = e.StatusCode }).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The client takes nothing any more.
            context.Abort();
        }
        catch (EncryptionException e)
        {
            EncryptionLog.Refused(_log, info.Verb, path, e.Message);
            await FailAsync(context, EncryptedRequests.Status(e)).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // the edge of the server: one broken request must not end the others
        catch (Exception e)
#pragma warning restore CA1031
        {
            fault = e;
            HttpLog.Failed(_log, e, request.Method, path);
            await FailAsync(context, ApiStatus.Internal(e.Message)).ConfigureAwait(false);
        }

        finally
        {
            time.Dispose();
        }

        if (_auditor is not null)
        {
            await _auditor.EndAsync(context, longRunning, fault).ConfigureAwait(false);
        }

        _metrics.End(info, request.Method, info.Verb == "patch" && MediaType(request.ContentType) == "application/apply-patch+yaml", context.Response.StatusCode, longRunning ? null : _clock.GetElapsedTime(start));
    }

    private (RequestTime Time, ApiStatus? Refusal) Begin(HttpContext context, RequestInfo info, bool longRunning) => longRunning
        ? (RequestTime.UntilStopped(_stopping, context.RequestAborted), null)
        // What is read from memory takes no time; the sending of it has a limit of its own.
        : _deadlines.Begin(
            info.Options, always: info.IsResource && (info.Verb is not ("get" or "list") || _aggregated.Find(info.Path) is not null), context.RequestAborted);

    // with_retry_after: the client is to come back over another connection, hopefully to another server.
    private static ValueTask StoppingAsync(HttpContext context)
    {
        Part(context);
        context.Response.Headers.Connection = context.Request.Protocol == HttpProtocol.Http11 ? "close" : default;
        return TextAsync(context, 429, "The apiserver is shutting down, please try again later.\n", 5);
    }

    // Kubernetes takes this for a fault of its own.
    private static ValueTask UnclearAsync(HttpContext context) => FaultAsync(
        context, $"failed to create RequestInfo: unable to determine kind and namespace from url, {context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget}");

    // What goes wrong before a request gets to a handler is told in plain text (responsewriters.InternalError).
    private static ValueTask FaultAsync(HttpContext context, string what)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return TextAsync(context, 500, ForbiddenMessage.Harmless($"Internal Server Error: {GoText.Quote(target)}: {what}") + "\n");
    }

    private static ValueTask TextAsync(HttpContext context, int code, string text, long retryAfter)
    {
        context.Response.Headers.RetryAfter = retryAfter.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return TextAsync(context, code, text);
    }

    private static async ValueTask TextAsync(HttpContext context, int code, string text)
    {
        context.Response.StatusCode = code;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.BodyWriter.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), CancellationToken.None).ConfigureAwait(false);
    }

    private static async Task FailAsync(HttpContext context, ApiStatus status)
    {
        if (context.Response.HasStarted)
        {
            // Half an answer cannot be taken back, but it must not look like a whole one.
            context.Abort();
            return;
        }

        var id = context.Response.Headers[AuditAddresses.IdHeader];
        context.Response.Clear();
        context.Response.Headers.CacheControl = "no-cache, private";
        context.Response.Headers[AuditAddresses.IdHeader] = id;
        await AnswerWriter.StatusAsync(context, status, CancellationToken.None).ConfigureAwait(false);
    }

    private async ValueTask AnswerAsync(HttpContext context, RequestInfo info, bool longRunning, long start, CancellationToken cancellation)
    {
        var outcome = await _authenticator.AuthenticateAsync(context, cancellation).ConfigureAwait(false);
        _identities.Authenticated(outcome, _clock.GetElapsedTime(start));
        switch (outcome)
        {
            case AuthenticationOutcome.Known known:
                if (_auditor is not null && await _auditor.BeginAsync(context, info, known.User, longRunning, start, cancellation).ConfigureAwait(false) is { } unaudited)
                {
                    await FaultAsync(context, unaudited).ConfigureAwait(false);
                    return;
                }

                if (ReferenceEquals(known.User, UserInfo.AnonymousUser))
                {
                    Part(context);
                }

                if (known.Note is { } note)
                {
                    _ = AuditOf(context)?.Annotate(note.Key, note.Value);
                }

                if (known.Warning is { } warning)
                {
                    context.Response.Headers.Warning = WarningHeaders.Of([warning]);
                }

                var (user, refusal, fault) = await Impersonation.ApplyAsync(known.User, context.Request.Headers, _authorizer, cancellation).ConfigureAwait(false);
                if (fault is not null)
                {
                    await FaultAsync(context, fault).ConfigureAwait(false);
                    return;
                }

                if (refusal is not null)
                {
                    context.Response.Headers.XContentTypeOptions = "nosniff";
                    await AnswerWriter.StatusAsync(context, refusal, cancellation).ConfigureAwait(false);
                    return;
                }

                if (!ReferenceEquals(user, known.User))
                {
                    AuditOf(context)?.Impersonates(user);
                }

                if (Streams(info))
                {
                    await AllowedAsync(context, info, user, null, cancellation).ConfigureAwait(false);
                }
                else
                {
                    await SeatedAsync(context, info, user, cancellation).ConfigureAwait(false);
                }

                break;
            default:
                Part(context);
                _auditor?.Unauthenticated(context, info, start);
                if (outcome is AuthenticationOutcome.Rejected { Note: { } about })
                {
                    _ = AuditOf(context)?.Annotate(about.Key, about.Value);
                }

                await AnswerWriter.StatusAsync(context, ApiStatus.Unauthorized, cancellation).ConfigureAwait(false);
                break;
        }
    }

    // Many requests over one connection are for those who say who they are (UnauthenticatedHTTP2DOSMitigation): others get a GOAWAY with the answer.
    private static void Part(HttpContext context)
    {
        if (HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        }
    }

    private async ValueTask SeatedAsync(HttpContext context, RequestInfo info, UserInfo user, CancellationToken cancellation)
    {
        var flow = _flows.Classify(user, info);
        flow.Show(context.Response.Headers);
        var (seat, refusal) = await _flows.EnterAsync(flow, user, info, cancellation).ConfigureAwait(false);
        if (refusal != FlowRefusal.None)
        {
            _metrics.Terminated(info, context.Request.Method, StatusCodes.Status429TooManyRequests);
            await TextAsync(context, 429, "Too many requests, please try again later.\n", _flows.Refuse(flow, refusal)).ConfigureAwait(false);
            return;
        }

        // A watch goes on for long after it has begun, and gives its seat back then.
        var held = info.Verb == "watch" ? new WatchSeat(seat, _clock) : null;
        using var watching = held is null ? null : _flows.Watches.Add(info);
        try
        {
            await AllowedAsync(context, info, user, held, cancellation).ConfigureAwait(false);
        }
        finally
        {
            if (held is null)
            {
                seat.Give(_clock);
            }
            else
            {
                held.Give();
            }
        }
    }

    private async ValueTask AllowedAsync(HttpContext context, RequestInfo info, UserInfo user, WatchSeat? seat, CancellationToken cancellation)
    {
        var audit = AuditOf(context);
        if (info.IsResource || !PlainPaths.IsAlwaysAllowed(info.Path))
        {
            var asked = AuthorizationAttributes.Of(user, info);
            var from = _clock.GetTimestamp();
            var decision = await _authorizer.AuthorizeAsync(asked, cancellation).ConfigureAwait(false);
            _identities.Decided(decision, _clock.GetElapsedTime(from));
            if (decision is { Opinion: not Opinion.Allow, Error: { } error })
            {
                audit?.Annotate("authorization.k8s.io/reason", "internal error");
                await FaultAsync(context, error).ConfigureAwait(false);
                return;
            }

            audit?.Annotate("authorization.k8s.io/decision", decision.Opinion == Opinion.Allow ? "allow" : "forbid");
            audit?.Annotate("authorization.k8s.io/reason", decision.Reason);
            if (decision.Opinion != Opinion.Allow)
            {
                // The message repeats what the client sent.
                context.Response.Headers.XContentTypeOptions = "nosniff";
                await AnswerWriter.StatusAsync(context, ForbiddenMessage.Status(asked, decision.Reason), cancellation).ConfigureAwait(false);
                return;
            }
        }

        if (_aggregated.Find(info.Path) is { } elsewhere)
        {
            // A watch of another server costs this one nothing, and when it has begun is not known here.
            seat?.Give();
            await _aggregated.ForwardAsync(context, user, elsewhere, cancellation).ConfigureAwait(false);
            return;
        }

        var accept = context.Request.Headers.Accept.ToString();
        if (!info.IsResource)
        {
            var document = await _paths.AnswerAsync(context, info, user, cancellation).ConfigureAwait(false);
            var form = MediaRange.Negotiate(accept, tables: false, protobuf: false, transforms: false) ?? MediaRange.Json;
            await _writer.WriteAsync(context, null, document, form with { Pretty = PrettyJson.IsWanted(context, info.Options) }, cancellation).ConfigureAwait(false);
            return;
        }

        var contentType = MediaType(context.Request.ContentType);
        var route = _dispatcher.Route(info, context, contentType);
        if (route.Resource is not { } resource)
        {
            var refused = new ApiCall { Info = info, User = user, Http = context, Audit = audit };
            if (route.Deprecation is { } deprecation)
            {
                refused.WarnOfDeprecation(deprecation);
            }

            await _writer.WriteAsync(context, refused, route.Refusal!, MediaRange.Json, cancellation).ConfigureAwait(false);
            return;
        }

        var streams = Streams(info);
        var known = ApiCatalog.Find(info.Group, info.Version, info.Resource);
        var builtIn = known is not null;
        // Questions have no rows, and lists that come as watches are no tables.
        var tables = _tables && known?.Allows("get") != false && info.Subresource is not ("token" or "binding" or "eviction") && !(info.Verb == "watch" && ListOptions.IsStreamingList(info.Options));
        if (MediaRange.Negotiate(accept, tables, builtIn) is not { } range || (builtIn && !streams && MediaRange.IsUnrouted(accept)))
        {
            if (!streams)
            {
                var unacceptable = builtIn && MediaRange.IsUnrouted(accept) ? ApiStatus.UnroutedAccept(MediaRange.Routed(info.Verb)) : ApiStatus.NotAcceptable(MediaRange.Served);
                await AnswerWriter.StatusAsync(context, unacceptable, cancellation).ConfigureAwait(false);
                return;
            }

            range = MediaRange.Json;
        }

        if (PrettyJson.IsWanted(context, info.Options))
        {
            range = range with { Pretty = !range.Yaml && !range.Protobuf };
        }

        // Who asks for anything else is told so when it is done.
        if (info.Verb == "watch" && range.Shape == AnswerShape.Table && Tables.TableWriter.Include(info.Options["includeObject"]).Refusal is { } untabled)
        {
            await AnswerWriter.StatusAsync(context, untabled, cancellation).ConfigureAwait(false);
            return;
        }

        ReadOnlyMemory<byte> body = default;
        BodyProblem? problem = null;
        if (!streams && info.Verb is not ("get" or "list" or "watch"))
        {
            (body, var refusal) = await RequestReader.BodyAsync(context.Request, _bodyLimit, cancellation).ConfigureAwait(false);
            if (refusal is not null)
            {
                await AnswerWriter.StatusAsync(context, refusal, cancellation).ConfigureAwait(false);
                return;
            }

            if (contentType == ProtobufBodies.Type && builtIn && info.Verb != "patch")
            {
                // From here on bodies are JSON, whatever they were on the wire.
                (body, problem) = ProtobufBodies.ToJson(body, info.Group, mayBeEmpty: info.Verb is "delete" or "deletecollection");
                contentType = "application/json";
            }
        }

        var call = new ApiCall
        {
            Info = info,
            User = user,
            Body = body,
            ContentType = contentType,
            BodyProblem = problem,
            UserAgent = context.Request.Headers.UserAgent.ToString(),
            Http = context,
            Authorizer = _authorizer,
            Audit = audit,
            Begun = seat is null ? null : seat.Give,
        };
        var answer = await _dispatcher.HandleAsync(call, resource, cancellation).ConfigureAwait(false);
        await _writer.WriteAsync(context, call, answer, range, cancellation).ConfigureAwait(false);
        if (info.Verb is "get" or "list" && !streams && context.Response.StatusCode == 200)
        {
            // Lists are sent as they are kept and nobody adds them up.
            var bytes = context.Response.ContentLength ?? (answer is ApiAnswer.Items items ? items.Page.Items.Sum(i => (long)i.Json.Length) : 0);
            _metrics.Sent(info, context.Request.Method, bytes);
        }
    }

    private AuditContext? AuditOf(HttpContext context) => _auditor is null ? null : context.Features.Get<AuditContext>();

    private static string MediaType(string? contentType)
    {
        if (contentType is null)
        {
            return "";
        }

        var end = contentType.IndexOf(';', StringComparison.Ordinal);
        return (end < 0 ? contentType : contentType[..end]).Trim().ToLowerInvariant();
    }

    // Connections that carry something else than one answer.
    private static bool Streams(RequestInfo info) => info.Subresource is "exec" or "attach" or "portforward" or "proxy" or "log";

    private static bool IsLongRunning(RequestInfo info) => info.Verb == "watch" || Streams(info);
}
