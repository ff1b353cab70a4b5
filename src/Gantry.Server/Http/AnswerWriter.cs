using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Gantry.Api.Trees;
using Gantry.Server.Audit;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Reading;
using Gantry.Server.Statuses;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Gantry.Server.Http;

/// <summary>Writes answers to HTTP: whole objects by copying their bytes, lists item by item, other shapes made on the way.</summary>
internal sealed class AnswerWriter
{
    private const string JsonType = "application/json";
    private const string YamlType = "application/yaml";

    // Lists are handed to the socket in pieces of this size, so that a long one is never in memory as a whole.
    private const int PieceSize = 64 * 1024;

    private readonly WatchWriter _watches;
    private readonly ITableMaker? _tables;
    private readonly PatientFlush _send;
    private readonly ByteBudget _budget;

    /// <param name="watches">Streams watches.</param>
    /// <param name="tables">Makes tables; null where there are none.</param>
    /// <param name="send">Hands answers to connections.</param>
    /// <param name="budget">Bounds the lists that have to be made as a whole.</param>
    public AnswerWriter(WatchWriter watches, ITableMaker? tables, PatientFlush send, ByteBudget budget)
    {
        _watches = watches;
        _tables = tables;
        _send = send;
        _budget = budget;
    }

    public async ValueTask WriteAsync(HttpContext context, ApiCall? call, ApiAnswer answer, MediaRange range, CancellationToken cancellation)
    {
        if (call?.Warnings is { Count: > 0 } warnings)
        {
            // Joined by commas they could not be taken apart by some clients.
            context.Response.Headers.Warning = StringValues.Concat(context.Response.Headers.Warning, WarningHeaders.Of(warnings));
        }

        answer = Shaped(answer, call, range);
        if (call?.Audit is { } audit)
        {
            await RecordAsync(audit, call, answer, range, cancellation).ConfigureAwait(false);
        }

        switch (answer)
        {
            case ApiAnswer.Says { Status.IsSuccess: false } refusal:
                await StatusAsync(context, refusal.Status, RangeOfStatus(context), cancellation).ConfigureAwait(false);
                break;
            case ApiAnswer.Says says:
                await StatusAsync(context, says.Status, range, cancellation).ConfigureAwait(false);
                break;
            case ApiAnswer.Item item when range.Shape == AnswerShape.Table:
                await BytesAsync(context, item.Code, _tables!.Table(item, range.Version, call!.Options), range, cancellation).ConfigureAwait(false);
                break;
            case ApiAnswer.Item item:
                var json = range.Shape == AnswerShape.Metadata ? PartialMetadata.Of(item.Json.Span, range.Version) : item.Json;
                await BytesAsync(context, item.Code, json, range, cancellation).ConfigureAwait(false);
                break;
            case ApiAnswer.Items items when range.Shape == AnswerShape.Table || range.Protobuf || range.Yaml || range.Pretty:
                await MadeListAsync(context, call!, items.Page, range, cancellation).ConfigureAwait(false);
                break;
            case ApiAnswer.Items items:
                await ListAsync(context, items.Page, range, cancellation).ConfigureAwait(false);
                break;
            case ApiAnswer.Changes changes:
                await _watches.WriteAsync(context, call!, changes.Watch, range, cancellation).ConfigureAwait(false);
                break;
            case ApiAnswer.Document { Code: StatusCodes.Status204NoContent }:
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case ApiAnswer.Document document:
                context.Response.StatusCode = document.Code;
                context.Response.ContentType = document.MediaType;
                if (document.Code == StatusCodes.Status404NotFound)
                {
                    context.Response.Headers.XContentTypeOptions = "nosniff";
                }

                context.Response.ContentLength = document.Body.Length;
                if (!HttpMethods.IsHead(context.Request.Method))
                {
                    await _send.WriteAsync(context.Response.BodyWriter, document.Body, cancellation).ConfigureAwait(false);
                }

                break;
            case ApiAnswer.Packed packed:
                await PackedAsync(context, packed, cancellation).ConfigureAwait(false);
                break;
            case ApiAnswer.Done:
                break;
        }
    }

    private async ValueTask PackedAsync(HttpContext context, ApiAnswer.Packed packed, CancellationToken cancellation)
    {
        var (response, document) = (context.Response, packed.Content);
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = packed.MediaType;
        var isGzip = document.Length > GzipWriter.Threshold && GzipWriter.IsWanted(context.Request);
        response.ContentLength = isGzip ? document.Gzip.Length : document.Length;
        if (isGzip)
        {
            response.Headers.ContentEncoding = "gzip";
            response.Headers.Vary = StringValues.Concat(response.Headers.Vary, "Accept-Encoding");
        }

        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        if (isGzip)
        {
            await _send.WriteAsync(response.BodyWriter, document.Gzip, cancellation).ConfigureAwait(false);
            return;
        }

        var source = document.Open();
        await using (source.ConfigureAwait(false))
        {
            var begun = _send.Begin();
            for (var read = 1; read > 0;)
            {
                read = await source.ReadAsync(response.BodyWriter.GetMemory(PieceSize)[..PieceSize], cancellation).ConfigureAwait(false);
                response.BodyWriter.Advance(read);
                await _send.FlushAsync(response.BodyWriter, begun, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Answers with a Status, in the encoding that the client takes.</summary>
    public static ValueTask StatusAsync(HttpContext context, ApiStatus status, CancellationToken cancellation)
    {
        context.Features.Get<AuditContext>()?.Responds(status);
        return StatusAsync(context, status, RangeOfStatus(context), cancellation);
    }

    // What can be made of objects cannot be made of a refusal: it comes in the first encoding that is taken as it is, or in JSON.
    private static MediaRange RangeOfStatus(HttpContext context)
    {
        var range = MediaRange.Negotiate(context.Request.Headers.Accept.ToString(), tables: false, protobuf: true, transforms: false) ?? MediaRange.Json;
        var pretty = PrettyJson.IsWanted(context, Requests.RequestOptions.Parse(context.Request.QueryString.Value ?? ""));
        return range with { Pretty = pretty };
    }

    // Whether the answer can be had in the wanted shape is found out when all is done, as the answer is made.
    private static ApiAnswer Shaped(ApiAnswer answer, ApiCall? call, MediaRange range)
    {
        if (range.Shape == AnswerShape.Table && call is not null && answer is ApiAnswer.Item or ApiAnswer.Items or ApiAnswer.Says { Status.IsSuccess: true })
        {
            return Tables.TableWriter.Include(call.Options["includeObject"]).Refusal ?? answer;
        }

        return answer switch
        {
            ApiAnswer.Item item when range is { Shape: AnswerShape.Metadata, OfList: true } =>
                ApiStatus.NotAcceptable($"you requested PartialObjectMetadataList, but the requested object is not a list (*{RegisteredKinds.InMemory(item.Type, isList: false)})"),
            ApiAnswer.Changes when range.Yaml => ApiStatus.NotAcceptable(MediaRange.Streamed),
            ApiAnswer.Items { Page.Resource.Type: var type } when range is { Shape: AnswerShape.Metadata, OfList: false } =>
                ApiStatus.NotAcceptable($"you requested PartialObjectMetadata, but the requested object is a list (*{RegisteredKinds.InMemory(type, isList: true)})"),
            _ => answer,
        };
    }

    private static async ValueTask StatusAsync(HttpContext context, ApiStatus status, MediaRange range, CancellationToken cancellation)
    {
        if (status.Details is { RetryAfterSeconds: > 0 and var seconds })
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        context.Response.StatusCode = StatusCodeOf(status);
        var body = Encode(status.ToJson(), range);
        Describe(context.Response, body.Length, range);
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.BodyWriter.WriteAsync(body, cancellation).ConfigureAwait(false);
        }
    }

    // The audit log shows answers as JSON, in the shape in which they are sent.
    private async ValueTask RecordAsync(AuditContext audit, ApiCall call, ApiAnswer answer, MediaRange range, CancellationToken cancellation)
    {
        switch (answer)
        {
            case ApiAnswer.Says says:
                audit.Responds(says.Status);
                break;
            case ApiAnswer.Item item when audit.Shows(AuditLevel.RequestResponse):
                audit.Responds(range.Shape switch
                {
                    AnswerShape.Table => _tables!.Table(item, range.Version, call.Options),
                    AnswerShape.Metadata => PartialMetadata.Of(item.Json.Span, range.Version),
                    _ => item.Json,
                });
                break;
            case ApiAnswer.Items items when audit.Shows(AuditLevel.RequestResponse):
                audit.Responds(range.Shape == AnswerShape.Table ? _tables!.Table(items.Page, range.Version, call.Options)
                    : await WholeListAsync(items.Page, range, cancellation).ConfigureAwait(false));
                break;
            default:
                break;
        }
    }

    private static int StatusCodeOf(ApiStatus status) => status.Code == 0 ? 500 : status.Code;

    private ValueTask BytesAsync(HttpContext context, int code, ReadOnlyMemory<byte> json, MediaRange range, CancellationToken cancellation)
    {
        context.Response.StatusCode = code;
        return range is { Yaml: false, Protobuf: false, Pretty: false }
            ? WholeAsync(context, json, range, lineFeed: true, cancellation)
            : WholeAsync(context, Encode(json, range), range, lineFeed: false, cancellation);
    }

    // What is sent of finished JSON. Go's encoder ends a document with a line feed, but not one that it indents.
    private static ReadOnlyMemory<byte> Encode(ReadOnlyMemory<byte> json, MediaRange range) =>
        range.Protobuf ? ProtobufBodies.Of(json.Span) : range.Yaml ? YamlText.Of(json.Span) : range.Pretty ? PrettyJson.Of(json.Span) : (byte[])[.. json.Span, (byte)'\n'];

    private static void Describe(HttpResponse response, int length, MediaRange range)
    {
        response.ContentType = range.Protobuf ? ProtobufBodies.Type : range.Yaml ? YamlType : JsonType;
        response.ContentLength = length;
    }

    private async ValueTask WholeAsync(HttpContext context, ReadOnlyMemory<byte> body, MediaRange range, bool lineFeed, CancellationToken cancellation)
    {
        var response = context.Response;
        var length = body.Length + (lineFeed ? 1 : 0);
        Describe(response, length, range);
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        if (length > GzipWriter.Threshold && GzipWriter.IsWanted(context.Request))
        {
            using var gzip = new GzipWriter(response);
            gzip.Write(body.Span);
            gzip.Write(lineFeed ? "\n"u8 : []);
            await gzip.FinishAsync(cancellation).ConfigureAwait(false);
            return;
        }

        var writer = response.BodyWriter;
        if (length > PieceSize)
        {
            await _send.WriteAsync(writer, body, cancellation).ConfigureAwait(false);
            body = default;
        }

        writer.Write(body.Span);
        writer.Write(lineFeed ? "\n"u8 : []);
        await _send.FlushAsync(writer, _send.Begin(), cancellation).ConfigureAwait(false);
    }

    // A list that is not sent from the kept bytes: only so many of these at a time.
    private async ValueTask MadeListAsync(HttpContext context, ApiCall call, ListPage page, MediaRange range, CancellationToken cancellation)
    {
        var bytes = page.Items.Sum(item => (long)item.Json.Length);
        if (!await _budget.TakeAsync(bytes, cancellation).ConfigureAwait(false))
        {
            await StatusAsync(context, ApiStatus.TooManyRequests("The server is sending too many large lists now, please try again later.", 1), range, cancellation)
                .ConfigureAwait(false);
            return;
        }

        try
        {
            if (range.Protobuf && range.Shape != AnswerShape.Table)
            {
                context.Response.StatusCode = 200;
                var message = ProtobufBodies.Of(page, range.Shape == AnswerShape.Metadata ? range.Version : null);
                await WholeAsync(context, message, range, lineFeed: false, cancellation).ConfigureAwait(false);
                return;
            }

            var json = range.Shape == AnswerShape.Table
                ? _tables!.Table(page, range.Version, call.Options)
                : await WholeListAsync(page, range, cancellation).ConfigureAwait(false);
            await BytesAsync(context, 200, json, range, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _budget.Give(bytes);
        }
    }

    private async ValueTask ListAsync(HttpContext context, ListPage page, MediaRange range, CancellationToken cancellation)
    {
        context.Response.StatusCode = 200;
        context.Response.ContentType = JsonType;
        if (GzipWriter.IsWanted(context.Request))
        {
            using var gzip = new GzipWriter(context.Response);
            await ListAsync(gzip, ListText.Head(page, range), page, range, cancellation).ConfigureAwait(false);
            await gzip.FinishAsync(cancellation).ConfigureAwait(false);
            return;
        }

        var head = ListText.Head(page, range);
        context.Response.ContentLength = ListText.Length(page, range, head.Length);
        await ListAsync(context.Response.BodyWriter, head, page, range, cancellation).ConfigureAwait(false);
    }

    private async ValueTask<byte[]> WholeListAsync(ListPage page, MediaRange range, CancellationToken cancellation)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await ListAsync(pipe.Writer, ListText.Head(page, range), page, range, cancellation).ConfigureAwait(false);
        await pipe.Writer.CompleteAsync().ConfigureAwait(false);
        var whole = await pipe.Reader.ReadAsync(cancellation).ConfigureAwait(false);
        return whole.Buffer.ToArray();
    }

    private async ValueTask ListAsync(PipeWriter writer, byte[] head, ListPage page, MediaRange range, CancellationToken cancellation)
    {
        var begun = _send.Begin();
        writer.Write(head);
        for (var next = 0; next < page.Items.Count;)
        {
            next = ListText.Fill(writer, page, range, next, PieceSize);
            await _send.FlushAsync(writer, begun, cancellation).ConfigureAwait(false);
        }

        writer.Write(ListText.Tail(page, range));
        await _send.FlushAsync(writer, begun, cancellation).ConfigureAwait(false);
    }
}
