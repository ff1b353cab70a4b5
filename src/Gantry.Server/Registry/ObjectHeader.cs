using System.Text.Json;
using Gantry.Api.Models;

namespace Gantry.Server.Registry;

/// <summary>What the server needs to know of an object without decoding it, read from the beginning of its canonical JSON.</summary>
/// <param name="Namespace">Empty for cluster-scoped objects.</param>
/// <param name="Name">The name.</param>
/// <param name="Uid">The uid.</param>
/// <param name="Labels">In the order of the object.</param>
/// <param name="IsDeleting">Whether deletionTimestamp is set.</param>
/// <param name="RevisionOffset">Where resourceVersion is to be inserted, as <c>,"resourceVersion":"…"</c>.</param>
/// <param name="BodyOffset">Where the fields after kind and apiVersion begin: items of lists leave those two out.</param>
public sealed record ObjectHeader(
    string Namespace,
    string Name,
    string Uid,
    KeyValuePair<string, string>[] Labels,
    bool IsDeleting,
    int RevisionOffset,
    int BodyOffset)
{
    /// <summary>Reads the header. Canonical form means: kind and apiVersion first, then metadata with its fields in the order of the API, no resourceVersion.</summary>
    /// <exception cref="InvalidDataException">The bytes are not in canonical form.</exception>
    public static ObjectHeader Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        Expect(ref reader, JsonTokenType.StartObject);
        var body = 1;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("metadata"u8))
            {
                reader.Read();
                return Metadata(ref reader, body);
            }

            reader.Read();
            reader.Skip();
            // Past the comma.
            body = (int)reader.BytesConsumed + 1;
        }

        throw new InvalidDataException("an object without metadata");
    }

    private static ObjectHeader Metadata(ref Utf8JsonReader reader, int body)
    {
        string ns = "", name = "", uid = "";
        KeyValuePair<string, string>[] labels = [];
        var deleting = false;
        var offset = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
            {
                name = Text(ref reader);
            }
            else if (reader.ValueTextEquals("namespace"u8))
            {
                ns = Shared(ref reader);
            }
            else if (reader.ValueTextEquals("uid"u8))
            {
                uid = Text(ref reader);
                offset = (int)reader.BytesConsumed;
            }
            else if (reader.ValueTextEquals("labels"u8))
            {
                labels = Pairs(ref reader);
            }
            else if (reader.ValueTextEquals("managedFields"u8))
            {
                // The last field of metadata, and the longest.
                break;
            }
            else
            {
                deleting |= reader.ValueTextEquals("deletionTimestamp"u8);
                reader.Read();
                reader.Skip();
            }
        }

        if (offset == 0)
        {
            throw new InvalidDataException("an object without a uid");
        }

        return new ObjectHeader(ns, name, uid, labels, deleting, offset, body);
    }

    private static string Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetString() ?? "";
    }

    private static string Shared(ref Utf8JsonReader reader)
    {
        reader.Read();
        return JsonModel.ReadString(ref reader);
    }

    private static KeyValuePair<string, string>[] Pairs(ref Utf8JsonReader reader)
    {
        reader.Read();
        var pairs = new List<KeyValuePair<string, string>>(4);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = JsonModel.ReadString(ref reader);
            pairs.Add(new(key, Shared(ref reader)));
        }

        return [.. pairs];
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token)
    {
        if (!reader.Read() || reader.TokenType != token)
        {
            throw new InvalidDataException("not a JSON object");
        }
    }
}
