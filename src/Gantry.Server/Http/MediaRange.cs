using System.Globalization;

namespace Gantry.Server.Http;

/// <summary>In which shape objects are answered.</summary>
internal enum AnswerShape
{
    Whole,
    Table,
    Metadata,
}

/// <summary>How a client wants its answer.</summary>
/// <param name="Yaml">YAML instead of JSON.</param>
/// <param name="Shape">The objects themselves, a table of them, or only their metadata.</param>
/// <param name="Version">The version of meta.k8s.io that a table or metadata is to have.</param>
/// <param name="Protobuf">Kubernetes' protobuf instead of JSON.</param>
/// <param name="Pretty">Indented, where it is JSON.</param>
internal readonly record struct MediaRange(bool Yaml, AnswerShape Shape, string Version, bool Protobuf = false, bool Pretty = false)
{
    /// <summary>Whether metadata is wanted of a list; else of one object.</summary>
    public bool OfList { get; init; }

    /// <summary>What can be answered, as 406 lists it.</summary>
    public static IReadOnlyList<string> Served { get; } = ["application/json", "application/yaml", ProtobufBodies.Type];

    /// <summary>What the paths of built-in resources answer in, as their refusal lists it.</summary>
    public static IEnumerable<string> Routed(string verb) => verb is "list" or "watch" ? [.. Served, .. Streamed] : Served;

    /// <summary>What watches come in.</summary>
    public static IReadOnlyList<string> Streamed { get; } = ["application/json;stream=watch", ProtobufBodies.WatchType];

    /// <summary>
    /// Whether a client takes none of the media types by their names alone, whatever it wants them to hold. The paths of built-in resources are chosen by that,
    /// and <c>application/*</c> is no name to those who choose.
    /// </summary>
    /// <param name="accept">The Accept header.</param>
    public static bool IsUnrouted(string accept) => IsUnrouted(accept, Served);

    /// <inheritdoc cref="IsUnrouted(string)"/>
    /// <param name="accept">The Accept header.</param>
    /// <param name="served">What the path is answered in.</param>
    public static bool IsUnrouted(string accept, IReadOnlyList<string> served)
    {
        if (accept.Length == 0 || accept is "*/*" || accept == served[0])
        {
            return false;
        }

        foreach (var clause in accept.AsSpan().Split(','))
        {
            var name = accept.AsSpan(clause);
            var end = name.IndexOf(';');
            name = (end < 0 ? name : name[..end]).Trim();
            if (name is "*/*")
            {
                return false;
            }

            for (var i = 0; i < served.Count; i++)
            {
                if (name.SequenceEqual(served[i]))
                {
                    return false;
                }
            }
        }

        return true;
    }

    public static MediaRange Json { get; } = new(false, AnswerShape.Whole, "");

    /// <summary>The best that both sides know, or null.</summary>
    /// <param name="accept">The Accept header; empty means anything.</param>
    /// <param name="tables">Whether tables can be made.</param>
    /// <param name="protobuf">Whether the answer itself has a protobuf form; its metadata always has.</param>
    /// <param name="transforms">Whether anything can be made of the answer but itself; of a refusal nothing can.</param>
    public static MediaRange? Negotiate(string accept, bool tables, bool protobuf, bool transforms = true)
    {
        if (accept.Length == 0 || accept is "*/*" or "application/json")
        {
            return Json;
        }

        if (!accept.AsSpan().ContainsAny(';', '*'))
        {
            return Named(accept, protobuf);
        }

        foreach (var clause in InOrder(accept))
        {
            if (Read(clause, tables, protobuf) is { } range && (transforms || range.Shape == AnswerShape.Whole))
            {
                return range;
            }
        }

        return null;
    }

    // Nothing but names, as clients of protobuf send them: the first that is known.
    private static MediaRange? Named(ReadOnlySpan<char> accept, bool protobuf)
    {
        foreach (var clause in accept.Split(','))
        {
            switch (accept[clause].Trim())
            {
                case "application/json":
                    return Json;
                case "application/yaml":
                    return Json with { Yaml = true };
                case ProtobufBodies.Type when protobuf:
                    return Json with { Protobuf = true };
            }
        }

        return null;
    }

    // Sorted as Go's library of such headers sorts: what is wanted more comes first, and what is named before what stands for many, however much that is wanted.
    private static List<string> InOrder(string accept)
    {
        var clauses = new List<(string Text, double Quality, int Stars)>();
        foreach (var text in accept.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var clause = (text, Quality(text), text.StartsWith("*/", StringComparison.Ordinal) ? 2 : text.Contains("/*", StringComparison.Ordinal) ? 1 : 0);
            var at = clauses.Count;
            while (at > 0 && IsFirst(clause, clauses[at - 1]))
            {
                at--;
            }

            clauses.Insert(at, clause);
        }

        return clauses.ConvertAll(c => c.Text);
    }

    private static bool IsFirst((string Text, double Quality, int Stars) one, (string Text, double Quality, int Stars) other) =>
        one.Quality > other.Quality || (one.Stars < 2 && other.Stars == 2) || (one.Stars == 0 && other.Stars > 0);

    private static double Quality(string clause)
    {
        foreach (var part in clause.Split(';', StringSplitOptions.TrimEntries).AsSpan(1))
        {
            if (part.StartsWith("q=", StringComparison.Ordinal))
            {
                return double.TryParse(part.AsSpan(2), NumberStyles.Float, CultureInfo.InvariantCulture, out var given) ? given : 0;
            }
        }

        return 1;
    }

    private static MediaRange? Read(string clause, bool tables, bool protobuf)
    {
        var parts = clause.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var binary = parts.Length > 0 && parts[0] == ProtobufBodies.Type;
        if (parts.Length == 0 || !binary && parts[0] is not ("application/json" or "application/yaml" or "application/*" or "*/*"))
        {
            return null;
        }

        var (kind, group, version) = ("", "", "");
        foreach (var part in parts.AsSpan(1))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var value = equals < 0 ? "" : part[(equals + 1)..];
            switch (equals < 0 ? part : part[..equals])
            {
                case "as":
                    kind = value;
                    break;
                case "g":
                    group = value;
                    break;
                case "v":
                    version = value;
                    break;
                case "stream" when value is not ("" or "watch") || (value.Length > 0 && parts[0] == "application/yaml"):
                case "sv" when value is not ("" or "v1"):
                    return null;
            }
        }

        var yaml = parts[0].EndsWith("yaml", StringComparison.Ordinal);
        if (kind.Length + group.Length + version.Length == 0)
        {
            return binary && !protobuf ? null : new MediaRange(yaml, AnswerShape.Whole, "", binary);
        }

        if (group != "meta.k8s.io" || version is not ("v1" or "v1beta1"))
        {
            return null;
        }

        return kind switch
        {
            "Table" when tables && !binary => new MediaRange(yaml, AnswerShape.Table, version),
            "PartialObjectMetadata" or "PartialObjectMetadataList" => new MediaRange(yaml, AnswerShape.Metadata, version, binary) { OfList = kind.EndsWith('t') },
            _ => null,
        };
    }
}
