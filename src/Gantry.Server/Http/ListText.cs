using System.Buffers;
using System.Globalization;
using System.Text;
using Gantry.Server.Reading;

namespace Gantry.Server.Http;

/// <summary>The JSON of a list, item by item, from the bytes that are kept of each object.</summary>
internal static class ListText
{
    /// <summary>What ends a list.</summary>
    public static ReadOnlySpan<byte> Tail(ListPage page, MediaRange range) => IsNone(page, range) ? "}\n"u8 : "]}\n"u8;

    /// <summary>Everything before the first item.</summary>
    public static byte[] Head(ListPage page, MediaRange range)
    {
        var type = page.Resource.Type;
        var (kind, apiVersion) = range.Shape == AnswerShape.Metadata ? ("PartialObjectMetadataList", "meta.k8s.io/" + range.Version) : (type.ListKind, type.ApiVersion);
        var text = new StringBuilder(256);
        text.Append(CultureInfo.InvariantCulture, $"{{\"kind\":\"{kind}\",\"apiVersion\":\"{apiVersion}\",\"metadata\":{{");
        if (page.Version is { Length: > 0 } version)
        {
            text.Append("\"resourceVersion\":\"").Append(version).Append('"');
        }

        if (page.Continue.Length > 0)
        {
            text.Append(",\"continue\":\"").Append(page.Continue).Append('"');
        }

        if (page.Remaining is { } remaining)
        {
            text.Append(CultureInfo.InvariantCulture, $",\"remainingItemCount\":{remaining}");
        }

        return Encoding.UTF8.GetBytes(text.Append(IsNone(page, range) ? "},\"items\":null" : "},\"items\":[").ToString());
    }

    /// <summary>The length of the whole, which spares clients a buffer that grows; null where items are made on the way.</summary>
    /// <param name="page">The list.</param>
    /// <param name="range">The shape of its items.</param>
    /// <param name="head">Bytes of <see cref="Head"/>.</param>
    public static long? Length(ListPage page, MediaRange range, int head)
    {
        if (!IsKept(page, range))
        {
            return null;
        }

        // A brace and a comma each, but no comma before the first.
        var length = head + (2L * page.Items.Count) - (page.Items.Count > 0 ? 1 : 0) + Tail(page, range).Length;
        foreach (var item in page.Items)
        {
            length += item.ItemBody.Length;
        }

        return length;
    }

    /// <summary>Writes items until a piece is full, in one block: each block asked of a connection takes its lock, and small ones are encrypted and sent one by one.</summary>
    /// <param name="writer">The connection.</param>
    /// <param name="page">The list.</param>
    /// <param name="range">The shape of its items.</param>
    /// <param name="next">The first item.</param>
    /// <param name="piece">Bytes of a piece; an item that is larger gets one of its own.</param>
    /// <returns>The first that had no room.</returns>
    public static int Fill(IBufferWriter<byte> writer, ListPage page, MediaRange range, int next, int piece)
    {
        var body = ItemOf(page, range, next);
        var room = writer.GetSpan(Math.Max(piece, body.Length + 2));
        var written = 0;
        while (true)
        {
            if (next > 0)
            {
                room[written++] = (byte)',';
            }

            room[written++] = (byte)'{';
            body.Span.CopyTo(room[written..]);
            written += body.Length;
            if (++next == page.Items.Count || (body = ItemOf(page, range, next)).Length + 2 > room.Length - written)
            {
                writer.Advance(written);
                return next;
            }
        }
    }

    // A list of metadata begins with its first item.
    private static bool IsNone(ListPage page, MediaRange range) => range.Shape == AnswerShape.Metadata && page.Items.Count == 0;

    private static bool IsKept(ListPage page, MediaRange range) =>
        range.Shape != AnswerShape.Metadata && page.Resource.Custom is null && page.Resource.Conversion is null;

    // An item without its opening brace.
    private static ReadOnlyMemory<byte> ItemOf(ListPage page, MediaRange range, int place)
    {
        var (resource, item) = (page.Resource, page.Items[place]);
        return range.Shape == AnswerShape.Metadata ? PartialMetadata.Of(item.Json, range.Version).AsMemory(1)
            : resource.Custom is not null ? resource.Json(item)[1..]
            : resource.Conversion is null ? item.ItemBody
            : WithoutKind(resource.Json(item));
    }

    private static ReadOnlyMemory<byte> WithoutKind(ReadOnlyMemory<byte> json) => json[Registry.ObjectHeader.Read(json.Span).BodyOffset..];
}
