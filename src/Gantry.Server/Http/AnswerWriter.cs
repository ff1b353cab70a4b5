using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Gantry.Api.Trees;
using Gantry.Server.Audit;
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

    public AnswerWriter(WatchWriter watches, ITableMaker? tables)
    {
        _watches = watches;
        _tables = tables;
    }

    public async ValueTask WriteAsync(HttpContext context, ApiCall? call, ApiAnswer answer, MediaRange range, CancellationToken cancellation)
    {
        foreach (var warning in call?.Warnings ?? [])
        {
            // Append would join them by commas, which some clients cannot take apart.
            context.Response.Headers.Warning = StringValues.Concat(context.Response.Headers.Warning, $"299 - \"{Escape(warning)}\"");
        }

        if (call?.Audit is { } audit)
        {
            await RecordAsync(audit, call, answer, range, cancellation).ConfigureAwait(false);
        }

        switch (answer)
        {
            case ApiAnswer.Says says:
                await BytesAsync(context, StatusCodeOf(says.Status), says.Status.ToJson(), range, cancellation).ConfigureAwait(false);
                break;
            case ApiAnswer.Item item when range.Shape == AnswerShape.Table:
                await BytesAsync(context, item.Code, _tables!.Table(item, range.Version, call!.Options), range, cancellation).ConfigureAwait(false);
                break;
            case ApiAnswer.Item item:
                var json = range.Shape == AnswerShape.Metadata ? PartialMetadata.Of(item.Json.Span, range.Version) : item.Json;
                await BytesAsync(context, item.Code, json, range, cancellation).ConfigureAwait(false);
                break;
            case ApiAnswer.Items items when range.Shape == AnswerShape.Table:
                await BytesAsync(context, 200, _tables!.Table(items.Page, range.Version, call!.Options), range, cancellation).ConfigureAwait(false);
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
                context.Response.ContentLength = document.Body.Length;
                await context.Response.BodyWriter.WriteAsync(document.Body, cancellation).ConfigureAwait(false);
                break;
            case ApiAnswer.Done:
                break;
        }
    }

    public static ValueTask StatusAsync(HttpContext context, ApiStatus status, CancellationToken cancellation)
    {
        context.Features.Get<AuditContext>()?.Responds(status);
        return BytesAsync(context, StatusCodeOf(status), status.ToJson(), MediaRange.Json, cancellation);
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

    private static async ValueTask BytesAsync(HttpContext context, int code, ReadOnlyMemory<byte> json, MediaRange range, CancellationToken cancellation)
    {
        var response = context.Response;
        response.StatusCode = code;
        if (range.Protobuf)
        {
            json = ProtobufBodies.Of(json.Span);
        }
        else if (range.Yaml)
        {
            json = YamlText.Of(json.Span);
        }

        await WholeAsync(context, json, range, cancellation).ConfigureAwait(false);
    }

    private static async ValueTask WholeAsync(HttpContext context, ReadOnlyMemory<byte> body, MediaRange range, CancellationToken cancellation)
    {
        var response = context.Response;
        var isJson = !range.Yaml && !range.Protobuf;
        response.ContentType = range.Protobuf ? ProtobufBodies.Type : range.Yaml ? YamlType : JsonType;
        response.ContentLength = body.Length + (isJson ? 1 : 0);
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        if (body.Length + (isJson ? 1 : 0) > GzipWriter.Threshold && GzipWriter.IsWanted(context.Request))
        {
            using var gzip = new GzipWriter(response);
            gzip.Write(body.Span);
            gzip.Write(isJson ? "\n"u8 : []);
            await gzip.FinishAsync(cancellation).ConfigureAwait(false);
            return;
        }

        var writer = response.BodyWriter;
        writer.Write(body.Span);
        if (isJson)
        {
            // Go's encoder ends a document with a line feed.
            writer.Write("\n"u8);
        }

        await writer.FlushAsync(cancellation).ConfigureAwait(false);
    }

    private static async ValueTask ListAsync(HttpContext context, ListPage page, MediaRange range, CancellationToken cancellation)
    {
        if (range.Protobuf)
        {
            context.Response.StatusCode = 200;
            await WholeAsync(context, ProtobufBodies.Of(page, range.Shape == AnswerShape.Metadata ? range.Version : null), range, cancellation).ConfigureAwait(false);
            return;
        }

        if (range.Yaml)
        {
            // Rare, and for people: made in one piece.
            var whole = await WholeListAsync(page, range, cancellation).ConfigureAwait(false);
            await BytesAsync(context, 200, whole, range, cancellation).ConfigureAwait(false);
            return;
        }

        context.Response.StatusCode = 200;
        context.Response.ContentType = JsonType;
        if (GzipWriter.IsWanted(context.Request))
        {
            using var gzip = new GzipWriter(context.Response);
            await ListAsync(gzip, page, range, cancellation).ConfigureAwait(false);
            await gzip.FinishAsync(cancellation).ConfigureAwait(false);
            return;
        }

        await ListAsync(context.Response.BodyWriter, page, range, cancellation).ConfigureAwait(false);
    }

    private static async ValueTask<byte[]> WholeListAsync(ListPage page, MediaRange range, CancellationToken cancellation)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await ListAsync(pipe.Writer, page, range, cancellation).ConfigureAwait(false);
        await pipe.Writer.CompleteAsync().ConfigureAwait(false);
        var whole = await pipe.Reader.ReadAsync(cancellation).ConfigureAwait(false);
        return whole.Buffer.ToArray();
    }

    private static async ValueTask ListAsync(PipeWriter writer, ListPage page, MediaRange range, CancellationToken cancellation)
    {
        var type = page.Resource.Type;
        var metadataOnly = range.Shape == AnswerShape.Metadata;
        var (kind, apiVersion) = metadataOnly ? ("PartialObjectMetadataList", "meta.k8s.io/" + range.Version) : (type.ListKind, type.ApiVersion);
        Write(writer, string.Create(CultureInfo.InvariantCulture, $"{{\"kind\":\"{kind}\",\"apiVersion\":\"{apiVersion}\",\"metadata\":{{\"resourceVersion\":\"{page.Revision}\""));
        if (page.Continue.Length > 0)
        {
            Write(writer, $",\"continue\":\"{page.Continue}\"");
        }

        if (page.Remaining is { } remaining)
        {
            Write(writer, string.Create(CultureInfo.InvariantCulture, $",\"remainingItemCount\":{remaining}"));
        }

        writer.Write("},\"items\":["u8);
        var first = true;
        var pending = 0;
        foreach (var item in page.Items)
        {
            if (!first)
            {
                writer.Write(","u8);
            }

            first = false;
            if (metadataOnly)
            {
                var bytes = PartialMetadata.Item(item.Json);
                writer.Write(bytes);
                pending += bytes.Length;
            }
            else
            {
                var body = page.Resource.Custom is not null ? page.Resource.Json(item)[1..] : page.Resource.Conversion is null ? item.ItemBody : WithoutKind(page.Resource.Json(item));
                writer.Write("{"u8);
                writer.Write(body.Span);
                pending += body.Length;
            }

            if (pending > PieceSize)
            {
                pending = 0;
                await writer.FlushAsync(cancellation).ConfigureAwait(false);
            }
        }

        writer.Write("]}\n"u8);
        await writer.FlushAsync(cancellation).ConfigureAwait(false);
    }

    private static ReadOnlyMemory<byte> WithoutKind(ReadOnlyMemory<byte> json) => json[Registry.ObjectHeader.Read(json.Span).BodyOffset..];

    private static void Write(PipeWriter writer, string ascii)
    {
        var written = Encoding.UTF8.GetBytes(ascii, writer.GetSpan(ascii.Length * 3));
        writer.Advance(written);
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
