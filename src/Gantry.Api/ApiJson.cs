using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gantry.Api.Models;

namespace Gantry.Api;

/// <summary>Typed models to and from JSON.</summary>
public static class ApiJson
{
    /// <summary>How all of Gantry writes JSON: no indentation, and no escapes but those that JSON demands.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Reads one object.</summary>
    /// <param name="json">UTF-8, without a byte order mark.</param>
    /// <exception cref="JsonException">The JSON is malformed, or a member has the wrong JSON type.</exception>
    public static T Decode<T>(ReadOnlySpan<byte> json)
        where T : class, IApiModel<T>
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 512 });
        try
        {
            reader.Read();
            return T.Read(ref reader);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            throw new JsonException(e.Message, e);
        }
    }

    /// <summary>Writes one object as UTF-8.</summary>
    public static byte[] Encode(IApiModel model)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            model.Write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
