using System.Text.Json;
using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Server.InProcess;

/// <summary>Reads the metadata of an object's JSON and nothing else of it.</summary>
internal static class MetadataJson
{
    /// <summary>The metadata without managedFields, which are most of its bytes and of no use to those who want only metadata.</summary>
    /// <param name="json">A whole object in the canonical form, which has no white space.</param>
    public static V1ObjectMeta Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 512 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals("metadata"u8))
            {
                reader.Read();
                reader.Skip();
                continue;
            }

            reader.Read();
            return ApiJson.Decode<V1ObjectMeta>(Without(json, ref reader));
        }

        return new V1ObjectMeta();
    }

    /// <param name="json">The whole object.</param>
    /// <param name="reader">At the beginning of its metadata.</param>
    private static ReadOnlySpan<byte> Without(ReadOnlySpan<byte> json, ref Utf8JsonReader reader)
    {
        var (start, from, to) = ((int)reader.TokenStartIndex, 0, 0);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = (int)reader.TokenStartIndex;
            var managed = reader.ValueTextEquals("managedFields"u8);
            reader.Read();
            reader.Skip();
            if (managed)
            {
                (from, to) = (name, (int)reader.BytesConsumed);
            }
        }

        var end = (int)reader.BytesConsumed;
        if (from == 0)
        {
            return json[start..end];
        }

        // One of the commas around the field goes with it.
        if (json[to] == (byte)',')
        {
            to++;
        }
        else if (json[from - 1] == (byte)',')
        {
            from--;
        }

        return (byte[])[.. json[start..from], .. json[to..end]];
    }
}
