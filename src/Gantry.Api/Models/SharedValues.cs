using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Gantry.Api.Models;

/// <summary>
/// Gives what is read again and again (names of labels, images, sets of managed fields) as the same object each time, so that thousands of alike
/// objects do not hold a copy each. Bounded: one slot per hash, the newest stays. Without locks: a slot is one reference.
/// </summary>
internal static class SharedValues
{
    private const int LongestText = 64;
    private const int LongestElement = 4096;

    private static readonly string?[] Texts = new string?[8192];
    private static readonly Element?[] Elements = new Element?[512];

    /// <summary>The text of the string or the name on which the reader stands; null for JSON's null.</summary>
    public static string? Text(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || reader.HasValueSequence || reader.ValueIsEscaped
            || reader.ValueSpan.Length > LongestText)
        {
            return reader.GetString();
        }

        if (reader.ValueSpan.IsEmpty)
        {
            return "";
        }

        ref var slot = ref Texts[SlotOf(reader.ValueSpan, Texts.Length)];
        var kept = Volatile.Read(ref slot);
        // Text beyond ASCII never equals and is read each time.
        if (kept is not null && Ascii.Equals(reader.ValueSpan, kept))
        {
            return kept;
        }

        var text = reader.GetString();
        Volatile.Write(ref slot, text);
        return text;
    }

    /// <summary>The value on which the reader stands, whatever it is.</summary>
    public static JsonElement Any(ref Utf8JsonReader reader)
    {
        var element = JsonElement.ParseValue(ref reader);
        var raw = JsonMarshal.GetRawUtf8Value(element);
        if (raw.Length > LongestElement)
        {
            return element;
        }

        ref var slot = ref Elements[SlotOf(raw, Elements.Length)];
        if (Volatile.Read(ref slot) is { } kept && raw.SequenceEqual(JsonMarshal.GetRawUtf8Value(kept.Value)))
        {
            return kept.Value;
        }

        Volatile.Write(ref slot, new Element(element));
        return element;
    }

    // The hash is seeded anew in each process, so no input can aim at a slot.
    private static int SlotOf(ReadOnlySpan<byte> bytes, int slots)
    {
        var hash = default(HashCode);
        hash.AddBytes(bytes);
        return (int)((uint)hash.ToHashCode() % (uint)slots);
    }

    private sealed class Element(JsonElement value)
    {
        public JsonElement Value { get; } = value;
    }
}
