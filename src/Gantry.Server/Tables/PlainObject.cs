using System.Text.Json;
using Gantry.Api.Models;

namespace Gantry.Server.Tables;

/// <summary>The metadata of an object of any kind, which is all that a table without columns of its own shows.</summary>
internal sealed record PlainObject : IApiObject, IApiModel<PlainObject>
{
    public V1ObjectMeta Metadata { get; private init; } = new();

    public static PlainObject Read(ref Utf8JsonReader reader)
    {
        JsonModel.RequireObject(ref reader);
        var metadata = new V1ObjectMeta();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            if (found)
            {
                metadata = V1ObjectMeta.Read(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return new PlainObject { Metadata = metadata };
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("metadata"u8);
        Metadata.Write(writer);
        writer.WriteEndObject();
    }
}
