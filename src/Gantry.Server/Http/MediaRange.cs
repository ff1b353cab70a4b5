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
    /// <summary>What can be answered, as 406 lists it.</summary>
    public static IReadOnlyList<string> Served { get; } = ["application/json", "application/yaml", ProtobufBodies.Type];

    /// <summary>What the paths of built-in resources answer in, as their refusal lists it.</summary>
    public static IEnumerable<string> Routed(string verb) =>
        verb is "list" or "watch" ? [.. Served, "application/json;stream=watch", ProtobufBodies.WatchType] : Served;

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
    /// <param name="protobuf">Whether the answer has a protobuf form.</param>
    public static MediaRange? Negotiate(string accept, bool tables, bool protobuf)
    {
        if (accept.Length == 0 || accept is "*/*" or "application/json")
        {
            return Json;
        }

        MediaRange? best = null;
        var bestQuality = 0d;
        foreach (var clause in accept.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (range, quality) = Read(clause, tables, protobuf);
            if (range is not null && quality > bestQuality)
            {
                (best, bestQuality) = (range, quality);
            }
        }

        return best;
    }

    private static (MediaRange? Range, double Quality) Read(string clause, bool tables, bool protobuf)
    {
        var parts = clause.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var binary = protobuf && parts.Length > 0 && parts[0] == ProtobufBodies.Type;
        if (parts.Length == 0 || !binary && parts[0] is not ("application/json" or "application/yaml" or "application/*" or "*/*"))
        {
            return (null, 0);
        }

        var (kind, group, version, quality) = ("", "", "", 1d);
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
                case "q" when double.TryParse(value, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var given):
                    quality = given;
                    break;
            }
        }

        var yaml = parts[0].EndsWith("yaml", StringComparison.Ordinal);
        if (kind.Length == 0)
        {
            return (new MediaRange(yaml, AnswerShape.Whole, "", binary), quality);
        }

        if (group != "meta.k8s.io" || version is not ("v1" or "v1beta1"))
        {
            return (null, 0);
        }

        return kind switch
        {
            "Table" when tables && !binary => (new MediaRange(yaml, AnswerShape.Table, version), quality),
            "PartialObjectMetadata" or "PartialObjectMetadataList" => (new MediaRange(yaml, AnswerShape.Metadata, version, binary), quality),
            _ => (null, 0),
        };
    }
}
