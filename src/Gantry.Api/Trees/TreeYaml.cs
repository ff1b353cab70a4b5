using System.Text;
using Gantry.Api.Yaml;

namespace Gantry.Api.Trees;

/// <summary>YAML to trees and back as Kubernetes reads and writes it: plain scalars by YAML 1.1's rules, merge keys, all keys as text, timestamps as text.</summary>
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
    public static Tree Parse(string yaml, out IReadOnlyList<string> duplicates) => First(Encoding.UTF8.GetBytes(yaml), out duplicates);

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
        return First(text.ToArray(), out duplicates);
    }

    /// <summary>Reads every document; empty ones are left out.</summary>
    /// <inheritdoc cref="Parse(string)"/>
    public static IReadOnlyList<Tree> ParseAll(string yaml)
    {
        var parser = new YamlParser(Encoding.UTF8.GetBytes(yaml), TreeJson.MaxDepth);
        var documents = new List<Tree>();
        while (Guarded(() => Next(parser, new YamlTreeBuilder(MaxValues))) is { } document)
        {
            if (document is not TreeNull)
            {
                documents.Add(document);
            }
        }
        return documents;
    }

    /// <summary>A value as Kubernetes writes it in YAML.</summary>
    public static string Write(Tree value) => YamlWriter.Write(value);

    private static Tree First(ReadOnlyMemory<byte> yaml, out IReadOnlyList<string> duplicates)
    {
        var builder = new YamlTreeBuilder(MaxValues);
        duplicates = builder.Duplicates;
        return Guarded(() => Next(new YamlParser(yaml, TreeJson.MaxDepth), builder)) ?? TreeNull.Instance;
    }

    private static Tree? Next(YamlParser parser, YamlTreeBuilder builder) => parser.Document() is { } root ? builder.Document(root) : null;

    private static Tree? Guarded(Func<Tree?> read)
    {
        try
        {
            return read();
        }
        catch (YamlError e)
        {
            throw new TreeException("yaml: " + e.Message, e);
        }
    }
}
