using System.Buffers;
using System.Collections.Frozen;
using System.Collections.ObjectModel;
using System.Text;
using System.Text.Json;

namespace Gantry.Api.Models;

/// <summary>What the generated readers, writers and comparisons share.</summary>
public static class JsonModel
{
    /// <summary>Reads the value on which the reader stands.</summary>
    public delegate T ReadValue<out T>(ref Utf8JsonReader reader);

    public static IReadOnlyDictionary<string, T> Empty<T>() => ReadOnlyDictionary<string, T>.Empty;

    public static string ReadString(ref Utf8JsonReader reader) => SharedValues.Text(ref reader) ?? "";

    public static JsonElement ReadAny(ref Utf8JsonReader reader) => SharedValues.Any(ref reader);

    public static void RequireObject(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException($"want an object, got {reader.TokenType}");
        }
    }

    /// <summary>A list, with <c>null</c> read as the empty list and null items as the empty value.</summary>
    public static IReadOnlyList<T> ReadList<T>(ref Utf8JsonReader reader, ReadValue<T> read)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return [];
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException($"want an array, got {reader.TokenType}");
        }

        if (!reader.Read() || reader.TokenType == JsonTokenType.EndArray)
        {
            return [];
        }

        var first = read(ref reader);
        if (!reader.Read() || reader.TokenType == JsonTokenType.EndArray)
        {
            return [first];
        }

        // What is kept for long has no room to grow.
        var items = new List<T> { first };
        do
        {
            items.Add(read(ref reader));
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray);

        return items.ToArray();
    }

    /// <summary>A map, with <c>null</c> read as the empty map.</summary>
    public static IReadOnlyDictionary<string, T> ReadMap<T>(ref Utf8JsonReader reader, ReadValue<T> read)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return Empty<T>();
        }

        RequireObject(ref reader);
        var items = new Dictionary<string, T>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = SharedValues.Text(ref reader)!;
            reader.Read();
            items[key] = read(ref reader);
        }

        return items.Count == 0 ? Empty<T>() : items;
    }

    public static void WriteList<T>(Utf8JsonWriter writer, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        writer.WriteStartArray();
        foreach (var item in items)
        {
            write(writer, item);
        }

        writer.WriteEndArray();
    }

    /// <summary>Writes a map with its keys in ordinal order, as Go does, so that equal maps give equal bytes.</summary>
    public static void WriteMap<T>(Utf8JsonWriter writer, IReadOnlyDictionary<string, T> items, Action<Utf8JsonWriter, T> write)
    {
        writer.WriteStartObject();
        foreach (var (key, value) in items.Count > 1 ? items.OrderBy(i => i.Key, StringComparer.Ordinal) : (IEnumerable<KeyValuePair<string, T>>)items)
        {
            writer.WritePropertyName(key);
            write(writer, value);
        }

        writer.WriteEndObject();
    }

    public static bool SameList<T>(IReadOnlyList<T> a, IReadOnlyList<T> b) => SameList(a, b, EqualityComparer<T>.Default.Equals);

    public static bool SameList<T>(IReadOnlyList<T> a, IReadOnlyList<T> b, Func<T, T, bool> same)
    {
        if (ReferenceEquals(a, b))
        {
            return true;
        }

        if (a.Count != b.Count)
        {
            return false;
        }

        for (var i = 0; i < a.Count; i++)
        {
            if (!same(a[i], b[i]))
            {
                return false;
            }
        }

        return true;
    }

    public static bool SameMap<T>(IReadOnlyDictionary<string, T> a, IReadOnlyDictionary<string, T> b) => SameMap(a, b, EqualityComparer<T>.Default.Equals);

    public static bool SameMap<T>(IReadOnlyDictionary<string, T> a, IReadOnlyDictionary<string, T> b, Func<T, T, bool> same)
    {
        if (ReferenceEquals(a, b))
        {
            return true;
        }

        if (a.Count != b.Count)
        {
            return false;
        }

        foreach (var (key, value) in a)
        {
            if (!b.TryGetValue(key, out var other) || !same(value, other))
            {
                return false;
            }
        }

        return true;
    }

    public static bool Same(JsonElement a, JsonElement b) => JsonElement.DeepEquals(a, b);

    public static bool Same(JsonElement? a, JsonElement? b) => a is null ? b is null : b is not null && JsonElement.DeepEquals(a.Value, b.Value);

    public static bool Same(byte[]? a, byte[]? b) => a is null ? b is null : b is not null && a.AsSpan().SequenceEqual(b);

    public static string ToText(IApiModel model) => Encoding.UTF8.GetString(ApiJson.Encode(model));
}
