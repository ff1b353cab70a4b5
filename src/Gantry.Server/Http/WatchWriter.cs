using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using Gantry.Api.Protobuf;
using Gantry.Api.Schemas;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Watching;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Http;

/// <summary>Streams watches: one JSON document per change, over chunked HTTP or as WebSocket messages.</summary>
internal sealed class WatchWriter
{
    // Two of the largest pieces that TLS encrypts at a time.
    private const int PieceSize = 32 * 1024;

    private readonly RevisionClock _revisions;
    private readonly TimeProvider _clock;
    private readonly PatientFlush _send;
    private readonly ITableMaker? _tables;
    private readonly WatchFigures _figures;

    /// <param name="revisions">How far the caches are.</param>
    /// <param name="clock">Tells when watches end.</param>
    /// <param name="send">Hands events to connections; a client that takes none of them for too long is as good as gone.</param>
    /// <param name="tables">Makes tables; null where there are none.</param>
    /// <param name="figures">Counts what is sent.</param>
    public WatchWriter(RevisionClock revisions, TimeProvider clock, PatientFlush send, ITableMaker? tables, WatchFigures figures)
    {
        _figures = figures;
        _send = send;
        _revisions = revisions;
        _clock = clock;
        _tables = tables;
    }

    public async ValueTask WriteAsync(HttpContext context, ApiCall call, WatchRequest request, MediaRange range, CancellationToken cancellation)
    {
        var (cursor, refusal) = WatchCursor.Open(request, _revisions, _clock);
        using var open = cursor;
        if (context.WebSockets.IsWebSocketRequest)
        {
            await MessagesAsync(context, call, new Rendering(request, range, call, _tables), cursor, refusal, cancellation).ConfigureAwait(false);
            return;
        }

        var response = context.Response;
        response.StatusCode = 200;
        response.ContentType = range.Protobuf ? ProtobufBodies.WatchType : "application/json";
        var writer = response.BodyWriter;
        var rendering = new Rendering(request, range, call, _tables);
        if (cursor is null)
        {
            rendering.Frame(new WatchItem(WatchItemType.Error, null, 0, refusal)).Write(writer);
            await writer.FlushAsync(cancellation).ConfigureAwait(false);
            return;
        }

        // The headers go out at once: clients wait for them before they rely on the watch.
        await writer.FlushAsync(cancellation).ConfigureAwait(false);
        var sizes = _figures.Of(request.Resource.Type);
        var frames = new WatchFrames();
        do
        {
            while (cursor.TryRead(out var item))
            {
                var frame = rendering.Frame(await ReadyAsync(cursor, request, item, cancellation).ConfigureAwait(false));
                sizes.Add((double)frame.Length);
                frames.Add(frame);
                if (frames.Length > PieceSize)
                {
                    await SendAsync(writer, frames, cancellation).ConfigureAwait(false);
                }
            }

            if (frames.Length > 0)
            {
                await SendAsync(writer, frames, cancellation).ConfigureAwait(false);
            }

            Begun(call);
        }
        while (await cursor.WaitAsync(cancellation).ConfigureAwait(false));
    }

    private static void Begun(ApiCall call) => call.Begun?.Invoke();

    private ValueTask SendAsync(PipeWriter writer, WatchFrames frames, CancellationToken cancellation)
    {
        frames.Write(writer);
        return _send.FlushAsync(writer, null, cancellation);
    }

    private async Task MessagesAsync(
        HttpContext context, ApiCall call, Rendering rendering, WatchCursor? cursor, Statuses.ApiStatus? refusal, CancellationToken cancellation)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var reading = DrainAsync(socket, closing);
        try
        {
            if (cursor is null)
            {
                await SendAsync(socket, rendering, new WatchItem(WatchItemType.Error, null, 0, refusal), cancellation).ConfigureAwait(false);
            }
            else
            {
                do
                {
                    while (cursor.TryRead(out var item))
                    {
                        var ready = await ReadyAsync(cursor, rendering.Request, item, closing.Token).ConfigureAwait(false);
                        await SendAsync(socket, rendering, ready, closing.Token).ConfigureAwait(false);
                    }

                    Begun(call);
                }
                while (await cursor.WaitAsync(closing.Token).ConfigureAwait(false));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // The client has gone, or says goodbye.
        }

        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // Nobody is left to say goodbye to.
        }

        await closing.CancelAsync().ConfigureAwait(false);
        await reading.ConfigureAwait(false);
    }

    // The item as it can be shown; where its object cannot be seen in the watched version, the watch ends with the reason.
    private static ValueTask<WatchItem> ReadyAsync(WatchCursor cursor, WatchRequest request, WatchItem item, CancellationToken cancellation)
    {
        return request.Resource.Custom is not { Family.IsRemote: true } || item.Object is not { } value ? new(item) : AskAsync();

        async ValueTask<WatchItem> AskAsync() =>
            await request.Resource.ReadyAsync(value, cancellation).ConfigureAwait(false) is { } refusal ? cursor.Fail(refusal) : item;
    }

    private async Task SendAsync(WebSocket socket, Rendering rendering, WatchItem item, CancellationToken cancellation)
    {
        var frame = rendering.Frame(item);
        var buffer = new ArrayBufferWriter<byte>(frame.Length);
        frame.Write(buffer);
        _figures.Of(rendering.Request.Resource.Type).Add((double)frame.Length);
        var type = rendering.IsText ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
        await _send.SentAsync(socket.SendAsync(buffer.WrittenMemory, type, endOfMessage: true, cancellation), cancellation).ConfigureAwait(false);
    }

    // Clients of watches say nothing but goodbye.
    private static async Task DrainAsync(WebSocket socket, CancellationTokenSource closing)
    {
        var buffer = new byte[256];
        try
        {
            while (socket.State is WebSocketState.Open or WebSocketState.CloseSent
                && (await socket.ReceiveAsync(buffer.AsMemory(), closing.Token).ConfigureAwait(false)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // Either side ended the connection.
        }

        await closing.CancelAsync().ConfigureAwait(false);
    }

    /// <summary>Items of one watch to bytes.</summary>
    private sealed class Rendering(WatchRequest request, MediaRange range, ApiCall call, ITableMaker? tables)
    {
        private readonly Handling.ServedResource resource = request.Resource;

        public WatchRequest Request => request;

        public bool IsText => !range.Protobuf;

        private bool _columnsSent;

        public WatchFrame Frame(WatchItem item)
        {
            var type = item.Type switch
            {
                WatchItemType.Added => "ADDED",
                WatchItemType.Modified => "MODIFIED",
                WatchItemType.Deleted => "DELETED",
                WatchItemType.Error => "ERROR",
                _ => "BOOKMARK",
            };
            if (range is { Protobuf: true, Shape: AnswerShape.Whole } && item is { Status: null, Object: { } kept })
            {
                return WatchFrame.Of(KubernetesProtobuf.EncodeWatchFrame(type, ProtobufBodies.Of(resource, kept)));
            }

            var json = item.Status is { } status ? status.ToJson() : item.Object is { } value ? Body(value) : Bookmark(item);
            return range.Protobuf ? WatchFrame.Of(KubernetesProtobuf.EncodeWatchFrame(type, ProtobufBodies.Of(json.Span))) : WatchFrame.Of(type, json);
        }

        private ReadOnlyMemory<byte> Body(StoredObject value)
        {
            switch (range.Shape)
            {
                case AnswerShape.Table:
                    var table = tables!.Table(resource, value, range.Version, !_columnsSent, call.Options);
                    _columnsSent = true;
                    return table;
                case AnswerShape.Metadata:
                    return PartialMetadata.Of(value.Json, range.Version);
                default:
                    return resource.Json(value);
            }
        }

        private byte[] Bookmark(WatchItem item)
        {
            var json = Bookmarks.Json(
                resource, item, () => Bookmarks.EmptyList(resource, range.Shape == AnswerShape.Metadata ? range.Version : null, range.Protobuf));
            switch (range.Shape)
            {
                case AnswerShape.Table:
                    var table = tables!.Table(new ApiAnswer.Item(200, resource.Type, json), range.Version, call.Options, !_columnsSent);
                    _columnsSent = true;
                    return table;
                case AnswerShape.Metadata:
                    return PartialMetadata.Of(json, range.Version);
                default:
                    return json;
            }
        }
    }
}
