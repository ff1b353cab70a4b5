using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Gantry.Api.Trees;

namespace Gantry.Server.Reading;

/// <summary>Where a list goes on: the revision of its first page and the key after which the next page begins.</summary>
/// <param name="Revision">Below zero for the newest state, although pages before may have shown an older one.</param>
/// <param name="After">The last key of the page before.</param>
internal readonly record struct ContinueToken(long Revision, string After)
{
    private const string Version = "meta.k8s.io/v1";

    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Reads a token.</summary>
    /// <returns>The token, or what is wrong with it.</returns>
    public static (ContinueToken? Token, string? Error) Parse(string text)
    {
        if (Decode(text, out var json) is { } error)
        {
            return (null, error);
        }

        try
        {
            if (JsonSyntax.Explain(json) is { } syntax)
            {
                return (null, "continue key is not valid: " + syntax);
            }

            var reader = new Utf8JsonReader(json);
            var (version, revision, after) = ("", 0L, "");
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return (null, "continue key is not valid: the token is no object");
            }

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

            return Check(version, revision, after);
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            return (null, "continue key is not valid: " + e.Message);
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

    private static (ContinueToken? Token, string? Error) Check(string version, long revision, string after)
    {
        if (version != Version)
        {
            return (null, "continue key is not valid: server does not recognize this encoded version " + version);
        }

        if (revision == 0)
        {
            return (null, $"continue key is not valid: incorrect encoded start resourceVersion (version {Version})");
        }

        if (after.Length == 0)
        {
            return (null, $"continue key is not valid: encoded start key empty (version {Version})");
        }

        // Keys are parts between slashes; anything else was not made here.
        return after[^1] == '\0' && !after.Split('/').Any(part => part is "" or "." or "..")
            ? (new ContinueToken(revision, after[..^1]), null)
            : (null, "continue key is not valid: " + after);
    }

    private static string? Decode(string text, out byte[] json)
    {
        json = [];
        var wrong = text.AsSpan().IndexOfAnyExcept(Alphabet);
        if (wrong < 0 && text.Length % 4 == 1)
        {
            wrong = text.Length;
        }

        if (wrong >= 0 || !Base64Url.IsValid(text))
        {
            return string.Create(CultureInfo.InvariantCulture, $"continue key is not valid: illegal base64 data at input byte {Math.Max(wrong, 0)}");
        }

        json = Base64Url.DecodeFromChars(text);
        return null;
    }
}
