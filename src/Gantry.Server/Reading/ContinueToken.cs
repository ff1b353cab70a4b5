using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Gantry.Server.Reading;

/// <summary>Where a list goes on: the revision of its first page and the key after which the next page begins.</summary>
internal readonly record struct ContinueToken(long Revision, string After)
{
    private const string Version = "meta.k8s.io/v1";

    public static ContinueToken? Parse(string text)
    {
        try
        {
            var reader = new Utf8JsonReader(Base64Url.DecodeFromChars(text.TrimEnd('=')));
            var (version, revision, after) = ("", 0L, "");
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString();
                reader.Read();
                switch (name)
                {
                    case "v":
                        version = reader.GetString() ?? "";
                        break;
                    case "rv":
                        revision = reader.GetInt64();
                        break;
                    case "start":
                        after = reader.GetString() ?? "";
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            }

            return version == Version && after.EndsWith('\0') ? new ContinueToken(revision, after[..^1]) : null;
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    public override string ToString()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("v", Version);
            writer.WriteNumber("rv", Revision);
            writer.WriteString("start", After + "\0");
            writer.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.WrittenSpan);
    }
}
