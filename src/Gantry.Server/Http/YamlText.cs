using System.Text;
using Gantry.Api.Trees;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Gantry.Server.Http;

/// <summary>JSON as YAML, keys sorted, as clients of the API know it.</summary>
internal static class YamlText
{
    private static readonly HashSet<string> Words = new(["y", "n", "yes", "no", "on", "off", "true", "false", "null"], StringComparer.OrdinalIgnoreCase);

    public static byte[] Of(ReadOnlySpan<byte> json)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings(2, int.MaxValue, false, 1024, skipAnchorName: false, indentSequences: false));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Emit(emitter, TreeJson.Parse(json));
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Emit(Emitter emitter, Tree value)
    {
        switch (value)
        {
            case TreeMap map:
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, map.Count == 0 ? MappingStyle.Flow : MappingStyle.Block));
                foreach (var (key, item) in map.OrderBy(m => m.Key, StringComparer.Ordinal))
                {
                    Scalar(emitter, key, isText: true);
                    Emit(emitter, item);
                }

                emitter.Emit(new MappingEnd());
                break;
            case TreeList list:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, list.Count == 0 ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var item in list)
                {
                    Emit(emitter, item);
                }

                emitter.Emit(new SequenceEnd());
                break;
            case TreeString text:
                Scalar(emitter, text.Value, isText: true);
                break;
            default:
                Scalar(emitter, TreeJson.WriteText(value), isText: false);
                break;
        }
    }

    private static void Scalar(Emitter emitter, string text, bool isText)
    {
        var style = !isText ? ScalarStyle.Plain
            : text.Contains('\n', StringComparison.Ordinal) ? ScalarStyle.Literal
            : IsPlain(text) ? ScalarStyle.Any
            : ScalarStyle.DoubleQuoted;
        emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, style, isPlainImplicit: true, isQuotedImplicit: true));
    }

    // Whether no YAML 1.1 reader takes the text for a number, a boolean, a time or nothing.
    private static bool IsPlain(string text) => text.Length > 0 && (char.IsAsciiLetter(text[0]) || text[0] == '/') && !Words.Contains(text);
}
