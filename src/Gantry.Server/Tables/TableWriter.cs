using System.Text.Json;
using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Http;
using Gantry.Server.Statuses;

namespace Gantry.Server.Tables;

/// <summary>Writes objects in the Table form (meta.k8s.io/v1).</summary>
public static class TableWriter
{
    /// <summary>Reads <c>?includeObject=</c>.</summary>
    public static (IncludeObject Include, ApiStatus? Refusal) Include(string text) => text switch
    {
        "" or "Metadata" => (IncludeObject.Metadata, null),
        "None" => (IncludeObject.None, null),
        "Object" => (IncludeObject.Object, null),
        _ => (default, ApiStatus.BadRequest(
            $"Unable to convert to Table as requested: includeObject: Invalid value: \"{text}\": must be 'Metadata', 'Object', 'None', or empty")),
    };

    /// <summary>Writes one Table.</summary>
    /// <param name="writer">Stands where a value is expected.</param>
    /// <param name="version">The version of meta.k8s.io.</param>
    /// <param name="columns">From <see cref="TableRenderer.Columns"/>; null leaves them out, as later events of a watch do.</param>
    /// <param name="metadata">resourceVersion, and where a page ends what follows.</param>
    /// <param name="rows">The objects and their cells; null where nobody has made any.</param>
    /// <param name="include">How much of each object its row carries.</param>
    public static void Write(
        Utf8JsonWriter writer, string version, IReadOnlyList<TableColumn>? columns, V1ListMeta metadata, IEnumerable<TableRow>? rows, IncludeObject include)
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, "Table"u8);
        writer.WriteString("apiVersion"u8, "meta.k8s.io/" + version);
        writer.WritePropertyName("metadata"u8);
        metadata.Write(writer);
        writer.WritePropertyName("columnDefinitions"u8);
        if (columns is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            Columns(writer, columns);
        }

        if (rows is null)
        {
            writer.WriteNull("rows"u8);
        }
        else
        {
            Rows(writer, version, rows, include);
        }

        writer.WriteEndObject();
    }

    private static void Rows(Utf8JsonWriter writer, string version, IEnumerable<TableRow> rows, IncludeObject include)
    {
        writer.WriteStartArray("rows"u8);
        foreach (var row in rows)
        {
            Row(writer, version, row, include);
        }

        writer.WriteEndArray();
    }

    private static void Columns(Utf8JsonWriter writer, IReadOnlyList<TableColumn> columns)
    {
        writer.WriteStartArray();
        foreach (var column in columns)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, column.Name);
            writer.WriteString("type"u8, column.Type);
            writer.WriteString("format"u8, column.Format);
            writer.WriteString("description"u8, column.Description);
            writer.WriteNumber("priority"u8, column.Priority);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Row(Utf8JsonWriter writer, string version, TableRow row, IncludeObject include)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("cells"u8);
        foreach (var cell in row.Cells)
        {
            Cell(writer, cell);
        }

        writer.WriteEndArray();
        if (row.Value is V1Pod { Status.Phase: "Succeeded" or "Failed" } pod)
        {
            Completed(writer, pod.Status.Phase);
        }

        writer.WritePropertyName("object"u8);
        switch (include)
        {
            case IncludeObject.None:
                writer.WriteNullValue();
                break;
            case IncludeObject.Object:
                writer.WriteRawValue(row.Json.Span, skipInputValidation: true);
                break;
            default:
                writer.WriteRawValue(PartialMetadata.Of(row.Json.Span, version), skipInputValidation: true);
                break;
        }

        writer.WriteEndObject();
    }

    private static void Completed(Utf8JsonWriter writer, string phase)
    {
        writer.WriteStartArray("conditions"u8);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "Completed"u8);
        writer.WriteString("status"u8, "True"u8);
        writer.WriteString("reason"u8, phase);
        writer.WriteString("message"u8, phase == "Succeeded" ? "The pod has completed successfully."u8 : "The pod failed."u8);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void Cell(Utf8JsonWriter writer, Tree cell)
    {
        switch (cell)
        {
            case TreeString text:
                writer.WriteStringValue(text.Value);
                break;
            case TreeInteger number:
                writer.WriteNumberValue(number.Value);
                break;
            case TreeBool flag:
                writer.WriteBooleanValue(flag.Value);
                break;
            case TreeNull:
                writer.WriteNullValue();
                break;
            default:
                writer.WriteRawValue(TreeJson.Write(cell), skipInputValidation: true);
                break;
        }
    }
}
