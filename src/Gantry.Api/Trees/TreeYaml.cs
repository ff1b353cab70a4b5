using System.Globalization;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Gantry.Api.Trees;

/// <summary>YAML to trees as Kubernetes reads it: plain scalars by YAML 1.1's rules, merge keys, all keys as text, timestamps as text.</summary>
public static class TreeYaml
{
    /// <summary>How many values a document may hold after its aliases are replaced by what they stand for.</summary>
    public const int MaxValues = 1_000_000;

    /// <summary>Reads the first document; null for empty input.</summary>
    /// <exception cref="TreeException">The text is not YAML, nests too deep, or its aliases make too much of it.</exception>
    public static Tree Parse(string yaml) => Parse(yaml, out _);

    /// <param name="yaml">One document, or several of which the first is read.</param>
    /// <param name="duplicates">Keys that stand twice in a map, in the words of the Go library; the last one counts.</param>
    /// <inheritdoc cref="Parse(string)"/>
    public static Tree Parse(string yaml, out IReadOnlyList<string> duplicates)
    {
        var reader = new YamlTreeReader(yaml);
        duplicates = reader.Duplicates;
        return Guarded(() => reader.Document()) ?? TreeNull.Instance;
    }

    /// <summary>Bytes that may be JSON, which is read as such and faster, or YAML.</summary>
    /// <inheritdoc cref="Parse(string)"/>
    public static Tree Parse(ReadOnlySpan<byte> text) => Parse(text, checks: false, out _);

    /// <param name="text">JSON or YAML.</param>
    /// <param name="checks">Whether duplicates are of interest.</param>
    /// <param name="duplicates">Keys that stand twice in a map, in the words of the Go library for YAML; the last one counts.</param>
    /// <inheritdoc cref="Parse(ReadOnlySpan{byte})"/>
    public static Tree Parse(ReadOnlySpan<byte> text, bool checks, out IReadOnlyList<string> duplicates)
    {
        var start = text.TrimStart(" \t\r\n"u8);
        if (start.Length > 0 && start[0] == '{')
        {
            try
            {
                var tree = TreeJson.Parse(text, out bool repeats);
                if (!repeats || !checks)
                {
                    duplicates = [];
                    return tree;
                }
            }
            catch (TreeException)
            {
                // A flow mapping of YAML also starts with a brace.
            }
        }
        return Parse(Encoding.UTF8.GetString(text), out duplicates);
    }

    /// <summary>Reads every document; empty ones are left out.</summary>
    /// <inheritdoc cref="Parse(string)"/>
    public static IReadOnlyList<Tree> ParseAll(string yaml)
    {
        var reader = new YamlTreeReader(yaml);
        var documents = new List<Tree>();
        while (Guarded(() => reader.Document()) is { } document)
        {
            if (document is not TreeNull)
            {
                documents.Add(document);
            }
        }
        return documents;
    }

    private static Tree? Guarded(Func<Tree?> read)
    {
        try
        {
            return read();
        }
        catch (YamlException e)
        {
            throw new TreeException("yaml: " + Said(e), e);
        }
    }

    // In the words of the Go library, which counts lines from zero, forgets to add one for its parser, and does not speak of line zero.
    private static string Said(YamlException e)
    {
        var said = (e.InnerException?.Message ?? e.Message).TrimEnd('.');
        if (said.StartsWith("While ", StringComparison.Ordinal))
        {
            said = said[(said.IndexOf(", ", StringComparison.Ordinal) + 2)..];
        }
        var isMapping = said == "found invalid mapping";
        said = isMapping ? "mapping values are not allowed in this context" : char.ToLowerInvariant(said[0]) + said[1..];
        var line = e is SyntaxErrorException || isMapping ? e.Start.Line > 1 ? e.Start.Line : 0 : e.Start.Line - 1;
        return line > 0 ? string.Create(CultureInfo.InvariantCulture, $"line {line}: {said}") : said;
    }
}
