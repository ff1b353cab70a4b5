using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Gantry.Api;

/// <summary>The text of the current token as it stands in the input.</summary>
internal static class JsonText
{
    public static string Raw(ref Utf8JsonReader reader) =>
        Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
}
