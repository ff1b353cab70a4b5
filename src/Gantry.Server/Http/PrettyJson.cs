using System.Buffers;
using Gantry.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Http;

/// <summary>JSON for people: a line for each member, two spaces for each level. Values stay byte for byte as they are.</summary>
internal static class PrettyJson
{
    /// <summary>Whether the client wants it: by <c>?pretty=true</c>, else browsers and the common command line tools.</summary>
    public static bool IsWanted(HttpContext context, RequestOptions options)
    {
        if (options["pretty"] is { Length: > 0 } said)
        {
            return said is "1" or "t" or "T" or "true" or "TRUE" or "True";
        }

        var agent = context.Request.Headers.UserAgent;
        return agent.Count > 0 && agent[0] is { } name
            && (name.StartsWith("curl", StringComparison.Ordinal) || name.StartsWith("Wget", StringComparison.Ordinal) || name.StartsWith("Mozilla/5.0", StringComparison.Ordinal));
    }

    /// <summary>The same document with line feeds and indentation, and none at the end.</summary>
    /// <param name="json">Valid JSON without blanks between its parts.</param>
    public static byte[] Of(ReadOnlySpan<byte> json)
    {
        var writer = new ArrayBufferWriter<byte>(json.Length * 2);
        var depth = 0;
        for (var at = 0; at < json.Length; at++)
        {
            var c = json[at];
            switch (c)
            {
                case (byte)'"':
                    var end = StringEnd(json, at);
                    writer.Write(json[at..end]);
                    at = end - 1;
                    break;
                case (byte)'{' or (byte)'[' when at + 1 < json.Length && json[at + 1] == c + 2:
                    writer.Write(json.Slice(at++, 2));
                    break;
                case (byte)'{' or (byte)'[':
                    writer.Write([c]);
                    Line(writer, ++depth);
                    break;
                case (byte)'}' or (byte)']':
                    Line(writer, --depth);
                    writer.Write([c]);
                    break;
                case (byte)',':
                    writer.Write([c]);
                    Line(writer, depth);
                    break;
                case (byte)':':
                    writer.Write(": "u8);
                    break;
                case (byte)'\n':
                    break;
                default:
                    writer.Write([c]);
                    break;
            }
        }

        return writer.WrittenSpan.ToArray();
    }

    private static int StringEnd(ReadOnlySpan<byte> json, int at)
    {
        for (at++; at < json.Length && json[at] != '"'; at++)
        {
            if (json[at] == '\\')
            {
                at++;
            }
        }

        return Math.Min(at + 1, json.Length);
    }

    private static void Line(ArrayBufferWriter<byte> writer, int depth)
    {
        var span = writer.GetSpan(1 + (2 * depth));
        span[0] = (byte)'\n';
        span.Slice(1, 2 * depth).Fill((byte)' ');
        writer.Advance(1 + (2 * depth));
    }
}
