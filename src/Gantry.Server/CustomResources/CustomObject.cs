using System.Text.Json;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;

namespace Gantry.Server.CustomResources;

/// <summary>An object of a kind that was defined at run time: its metadata typed, the rest as it came. Immutable.</summary>
public sealed class CustomObject : IApiObject
{
    private readonly byte[] _json;

    private CustomObject(V1ObjectMeta metadata, byte[] json)
    {
        Metadata = metadata;
        _json = json;
    }

    public V1ObjectMeta Metadata { get; }

    /// <summary>The whole object; shared, so not to be changed.</summary>
    public TreeMap Content => field ??= (TreeMap)TreeJson.Parse(_json);

    /// <summary>Reads one object.</summary>
    /// <param name="json">The whole object with apiVersion, kind and metadata.</param>
    public static CustomObject Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = TreeJson.MaxDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            if (found)
            {
                return new CustomObject(V1ObjectMeta.Read(ref reader), json.ToArray());
            }

            reader.Skip();
        }

        return new CustomObject(new V1ObjectMeta(), json.ToArray());
    }

    public void Write(Utf8JsonWriter writer) => writer.WriteRawValue(_json, skipInputValidation: true);
}
