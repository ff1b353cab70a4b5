using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.CustomResources;
using Gantry.Server.Handling;
using Gantry.Server.Http;
using Gantry.Server.Pipeline;
using Gantry.Server.Reading;
using Gantry.Server.Registry;
using Gantry.Server.Requests;
using Gantry.Server.Subresources;

namespace Gantry.Server.Tables;

/// <summary>Makes tables of answers.</summary>
internal sealed class TableMaker(TimeProvider clock, ResourceTable resources) : ITableMaker
{
    public byte[] Table(ApiAnswer.Item item, string version, RequestOptions options, bool withColumns = true)
    {
        var value = Decode(item.Type, item.Json.Span);
        var metadata = new V1ListMeta { ResourceVersion = value.Metadata.ResourceVersion };
        var row = ReferenceEquals(item.Type, SubresourceKinds.Scale)
            ? new TableRow(value, item.Json, Scale(value.Metadata, ApiJson.Decode<V1Scale>(item.Json.Span), clock.GetUtcNow()))
            : Row(resources.Find(item.Type.Group, item.Type.Version, item.Type.Plural)?.Custom, value, item.Json, clock.GetUtcNow());
        return Write(version, withColumns ? TableRenderer.Columns(item.Type) : null, metadata, [row], options);
    }

    public byte[] Table(ListPage page, string version, RequestOptions options)
    {
        var now = clock.GetUtcNow();
        var metadata = new V1ListMeta
        {
            ResourceVersion = page.Version, Continue = page.Continue, RemainingItemCount = page.Remaining,
        };
        var rows = page.Items.Select(i => Row(page.Resource.Custom, page.Resource.Typed(i), page.Resource.Json(i), now));
        if (ReferenceEquals(page.Resource.Type, V1FlowSchema.Resource))
        {
            // The order in which they are asked whether they match.
            rows = rows.OrderBy(r => ((V1FlowSchema)r.Value).Spec.MatchingPrecedence).ThenBy(r => r.Value.Metadata.Name, StringComparer.Ordinal);
        }

        // Kinds without cells of their own begin their rows with the first.
        var isNone = page.Items.Count == 0 && page.Resource.Custom is null && TableRenderer.IsPlain(page.Resource.Type);
        return Write(version, TableRenderer.Columns(page.Resource.Type), metadata, isNone ? null : rows, options);
    }

    public byte[] Table(ServedResource resource, StoredObject value, string version, bool withColumns, RequestOptions options)
    {
        var metadata = new V1ListMeta { ResourceVersion = value.Revision.ToString(CultureInfo.InvariantCulture) };
        var row = Row(resource.Custom, resource.Typed(value), resource.Json(value), clock.GetUtcNow());
        return Write(version, withColumns ? TableRenderer.Columns(resource.Type) : null, metadata, [row], options);
    }

    private static IReadOnlyList<Tree> Scale(V1ObjectMeta metadata, V1Scale scale, DateTimeOffset now) =>
        [metadata.Name, scale.Spec.Replicas, scale.Status.Replicas, HumanTime.Since(metadata.CreationTimestamp, now)];

    private static TableRow Row(CustomKind? custom, IApiObject value, ReadOnlyMemory<byte> json, DateTimeOffset now) =>
        custom is null ? TableRow.Of(value, json, now) : new TableRow(value, json, custom.Cells(value as CustomObject ?? CustomObject.Read(json.Span), now));

    // What is answered by subresources, such as a Scale, is no resource of its own, but all have metadata.
    private static IApiObject Decode(ResourceType type, ReadOnlySpan<byte> json) =>
        ApiModels.Decode(type, json) as IApiObject ?? ApiJson.Decode<PlainObject>(json);

    private static byte[] Write(
        string version, IReadOnlyList<TableColumn>? columns, V1ListMeta metadata, IEnumerable<TableRow>? rows, RequestOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer, ApiJson.WriterOptions))
        {
            TableWriter.Write(writer, version, columns, metadata, rows, TableWriter.Include(options["includeObject"]).Include);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
