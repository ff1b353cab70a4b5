using System.Buffers;
using System.Text.Json;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Server.Handling;
using Gantry.Server.Http;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;
using Gantry.Server.Tables;

namespace Gantry.Server.Subresources;

/// <summary><c>componentstatuses</c>: the health of the parts of a control plane, by the names other clusters have for them.</summary>
internal sealed class ComponentStatuses : ISubresource
{
    private readonly Func<IReadOnlyList<(string Name, string? Problem)>> _health;

    /// <param name="health">Each part and what is wrong with it, null for nothing.</param>
    public ComponentStatuses(Func<IReadOnlyList<(string Name, string? Problem)>> health)
    {
        _health = health;
    }

    public string Group => "";

    public string Plural => "componentstatuses";

    public string Name => "";

    public ValueTask<ApiAnswer> HandleAsync(ApiCall call, ServedResource resource, CancellationToken cancellation)
    {
        call.Warn("v1 ComponentStatus is deprecated in v1.19+");
        var all = _health().Select(Of).ToList();
        if (call.Info.Verb == "list")
        {
            var accept = call.Http?.Request.Headers.Accept.ToString() ?? "";
            return new(new ApiAnswer.Document(200, "application/json", MediaRange.Negotiate(accept, tables: true, protobuf: false) is { Shape: AnswerShape.Table } range
                ? Table(all, range.Version, call)
                : List(all)));
        }

        var one = all.Find(c => c.Metadata.Name == call.Info.Name);
        return new(one is null ? ApiStatus.NotFound(resource.Type, call.Info.Name) : new ApiAnswer.Item(200, resource.Type, ApiJson.Encode(one)));
    }

    // There is nothing stored that a list could refer to, so its table is made here.
    private static byte[] Table(List<V1ComponentStatus> all, string version, ApiCall call)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, ApiJson.WriterOptions))
        {
            // These have no age, so no time is needed.
            var rows = all.Select(c => TableRow.Of(c, ApiJson.Encode(c), default));
            TableWriter.Write(
                writer, version, TableRenderer.Columns(V1ComponentStatus.Resource), new V1ListMeta(), rows, TableWriter.Include(call.Options["includeObject"]).Include);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static V1ComponentStatus Of((string Name, string? Problem) part) => new()
    {
        Metadata = new V1ObjectMeta { Name = part.Name },
        Conditions = [new V1ComponentCondition { Type = "Healthy", Status = part.Problem is null ? "True" : "False", Message = part.Problem ?? "ok" }],
    };

    private static byte[] List(List<V1ComponentStatus> all)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, ApiJson.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("kind"u8, "ComponentStatusList"u8);
            writer.WriteString("apiVersion"u8, "v1"u8);
            writer.WriteStartObject("metadata"u8);
            writer.WriteEndObject();
            writer.WriteStartArray("items"u8);
            foreach (var one in all)
            {
                one.Write(writer);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
