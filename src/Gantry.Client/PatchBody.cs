using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Gantry.Client;

/// <summary>How a patch is meant.</summary>
public enum PatchType
{
    /// <summary>RFC 6902, <c>application/json-patch+json</c>.</summary>
    Json,

    /// <summary>RFC 7386, <c>application/merge-patch+json</c>.</summary>
    Merge,

    /// <summary><c>application/strategic-merge-patch+json</c>.</summary>
    StrategicMerge,

    /// <summary>Server-side apply, <c>application/apply-patch+yaml</c>.</summary>
    Apply,
}

/// <summary>A patch and how it is meant.</summary>
/// <param name="Type">The rules to merge by.</param>
/// <param name="Content">UTF-8 JSON (YAML is allowed for apply).</param>
public sealed record PatchBody(PatchType Type, ReadOnlyMemory<byte> Content)
{
    /// <summary>Who owns the fields afterwards; required for apply.</summary>
    public string FieldManager { get; init; } = "";

    /// <summary>Whether apply takes fields from other managers.</summary>
    public bool Force { get; init; }

    public string MediaType => Type switch
    {
        PatchType.Json => "application/json-patch+json",
        PatchType.Merge => "application/merge-patch+json",
        PatchType.StrategicMerge => "application/strategic-merge-patch+json",
        _ => "application/apply-patch+yaml",
    };

    public static PatchBody Json(string json) => new(PatchType.Json, Encoding.UTF8.GetBytes(json));

    public static PatchBody Merge(string json) => new(PatchType.Merge, Encoding.UTF8.GetBytes(json));

    public static PatchBody StrategicMerge(string json) => new(PatchType.StrategicMerge, Encoding.UTF8.GetBytes(json));

    public static PatchBody Apply(string json, string fieldManager, bool force = false) =>
        new(PatchType.Apply, Encoding.UTF8.GetBytes(json)) { FieldManager = fieldManager, Force = force };

    /// <summary>A patch whose JSON the caller writes.</summary>
    public static PatchBody Write(PatchType type, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        return new(type, buffer.WrittenMemory);
    }
}
