using Gantry.Api.Models;
using Gantry.Node.Grpc;
using Gantry.Node.Runtime;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace Gantry.Node.Logs;

/// <summary>Answers requests for a container's log.</summary>
internal sealed class LogEndpoint
{
    private readonly LogLocator _locator;
    private readonly LogReader _reader;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    public LogEndpoint(IContainerRuntime runtime, FileWatches watches, TimeProvider clock, ILogger log)
    {
        _locator = new LogLocator(runtime);
        _reader = new LogReader(watches, clock);
        _clock = clock;
        _log = log;
    }

    public async Task AnswerAsync(HttpContext context, V1Pod pod, string container, CancellationToken ct)
    {
        LogOptions options;
        LogSource source;
        try
        {
            options = LogQuery.Read(context.Request.Query, _clock.GetUtcNow(), out var problems);
            if (problems.Count > 0)
            {
                await StatusAnswer.WriteAsync(context, Invalid(problems), ct);
                return;
            }

            source = await _locator.FindAsync(pod, container, options.Previous, ct);
        }
        catch (Exception refusal) when (refusal is FormatException or LogRefusedException or GrpcException)
        {
            var message = refusal is GrpcException call ? call.RpcText : refusal.Message;
            await StatusAnswer.WriteAsync(context, new V1Status { Status = "Failure", Message = message, Reason = "BadRequest", Code = 400 }, ct);
            return;
        }

        await SendAsync(context, source, options, ct);
    }

    private async Task SendAsync(HttpContext context, LogSource source, LogOptions options, CancellationToken ct)
    {
        // Somebody who pages through a log reads as slowly as they like.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = "text/plain";
        try
        {
            await context.Response.StartAsync(ct);
            await _reader.CopyAsync(source, options, context.Response.BodyWriter, ct);
        }
        catch (Exception gone) when (gone is IOException or DirectoryNotFoundException || (gone is OperationCanceledException && context.RequestAborted.IsCancellationRequested))
        {
            LogsLog.ReaderGone(_log, source.Path, gone.Message);
            context.Abort();
        }
        catch (GrpcException failure)
        {
            // The runtime went away under a reader; a broken answer says so, a clean end would look like the container's.
            LogsLog.ReaderGone(_log, source.Path, failure.RpcText);
            context.Abort();
        }
    }

    private static V1Status Invalid(IReadOnlyList<LogProblem> problems)
    {
        var words = problems.Select(p => (p.Field.Length > 0 ? p.Field : "<nil>") + ": " + p.Message).ToList();
        var message = words.Count == 1 ? words[0] : "[" + string.Join(", ", words) + "]";
        return new V1Status
        {
            Status = "Failure",
            Message = "PodLogOptions \"\" is invalid: " + message,
            Reason = "Invalid",
            Details = new V1StatusDetails
            {
                Kind = "PodLogOptions",
                Causes = [.. problems.Select(p => new V1StatusCause { Reason = p.Reason, Message = p.Message, Field = p.Field.Length > 0 ? p.Field : "<nil>" })],
            },
            Code = 422,
        };
    }
}
