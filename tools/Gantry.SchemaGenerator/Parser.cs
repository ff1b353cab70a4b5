using System.Globalization;

namespace Gantry.SchemaGenerator;

/// <summary>A mistake in a description file, with its place.</summary>
internal sealed class SchemaException(string place, string what) : Exception($"{place}: {what}");

/// <summary>Reads description files; <c>schema/README.md</c> gives the form.</summary>
internal sealed class Parser
{
    private string _package = "";
    private string _openApiPackage = "";
    private string _group = "";
    private TypeBlock? _block;

    public List<TypeBlock> Blocks { get; } = [];

    public void ReadFile(string path)
    {
        (_package, _group, _block) = ("", "", null);
        var number = 0;
        foreach (var raw in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(raw) || raw.TrimStart().StartsWith('#'))
            {
                continue;
            }

            ReadLine(raw, $"{path}({number},1)");
        }
    }

    private void ReadLine(string raw, string place)
    {
        var (text, description) = SplitDescription(raw);
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (words[0])
        {
            case "package" when words.Length == 3:
                (_package, _openApiPackage) = (words[1], words[2]);
                break;
            case "group" when words.Length == 2:
                _group = words[1] == "\"\"" ? "" : words[1];
                break;
            case "kind" or "type" when !char.IsWhiteSpace(raw[0]):
                StartBlock(words, description, place);
                break;
            case "resource":
                Current(place).Resource = ReadResource(words, place);
                break;
            case "subresource":
                Current(place).Subresources.Add(ReadSubresource(words, place));
                break;
            case "column":
                Current(place).Columns.Add(ReadColumn(text, place));
                break;
            default:
                Current(place).Fields.Add(ReadField(words, description, place));
                break;
        }
    }

    private static (string Text, string Description) SplitDescription(string raw)
    {
        var at = raw.IndexOf(" -- ", StringComparison.Ordinal);
        return at < 0 ? (raw.Trim(), "") : (raw[..at].Trim(), raw[(at + 4)..].Trim());
    }

    private TypeBlock Current(string place) => _block ?? throw new SchemaException(place, "a line outside of a kind or type");

    private void StartBlock(string[] words, string description, string place)
    {
        if (_package.Length == 0 || words.Length < 2)
        {
            throw new SchemaException(place, "a kind or type needs a package line before it and a name");
        }

        _block = new TypeBlock
        {
            Package = _package,
            OpenApiPackage = _openApiPackage,
            Group = _group,
            Name = words[1],
            IsKind = words[0] == "kind",
            Atomic = words.Contains("atomic"),
            IsRoot = words[0] == "kind" || words.Contains("root"),
            Place = place,
            Description = description,
        };
        Blocks.Add(_block);
    }

    private static ResourceLine ReadResource(string[] words, string place)
    {
        if (words.Length < 4 || words[3] is not ("namespaced" or "cluster"))
        {
            throw new SchemaException(place, "want: resource PLURAL SINGULAR namespaced|cluster [short=] [categories=] verbs=");
        }

        return new ResourceLine(words[1], words[2], words[3] == "namespaced", Attributes(words.Skip(4), place));
    }

    private static SubresourceLine ReadSubresource(string[] words, string place)
    {
        if (words.Length != 4)
        {
            throw new SchemaException(place, "want: subresource NAME [GROUP/VERSION.]KIND verbs=A,B");
        }

        var (group, version, kind) = ("", "", words[2]);
        if (kind.Contains('.'))
        {
            var slash = kind.IndexOf('/');
            var dot = kind.LastIndexOf('.');
            (group, version, kind) = (kind[..slash], kind[(slash + 1)..dot], kind[(dot + 1)..]);
        }

        return new SubresourceLine(words[1], group, version, kind, Attributes(words.Skip(3), place)["verbs"].Split(','));
    }

    private static ColumnLine ReadColumn(string text, string place)
    {
        var parts = text["column ".Length..].Split('|', StringSplitOptions.TrimEntries);
        return parts.Length == 4
            ? new ColumnLine(parts[0], parts[1], parts[2], int.Parse(parts[3], CultureInfo.InvariantCulture))
            : throw new SchemaException(place, "want: column NAME | TYPE | FORMAT | PRIORITY");
    }

    private static FieldLine ReadField(string[] words, string description, string place)
    {
        if (words.Length < 3 || !char.IsAsciiDigit(words[0][0]))
        {
            throw new SchemaException(place, "want: NUMBER NAME TYPE [attributes] [-- description]");
        }

        var (cardinality, at) = ("one", 2);
        var type = words[2];
        if (type == "map")
        {
            (cardinality, at) = ("map", 3);
            type = words[3];
        }
        else if (type.StartsWith("[]", StringComparison.Ordinal))
        {
            (cardinality, type) = ("list", type[2..]);
        }

        var bare = type.TrimEnd('?', '!');
        return new FieldLine(words[0], words[1], cardinality, bare, type[bare.Length..], Attributes(words.Skip(at + 1), place), description);
    }

    private static Dictionary<string, string> Attributes(IEnumerable<string> words, string place)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in words)
        {
            var equals = word.IndexOf('=');
            var (key, value) = equals < 0 ? (word, "") : (word[..equals], word[(equals + 1)..]);
            if (!found.TryAdd(key, value))
            {
                throw new SchemaException(place, $"attribute {key} is given twice");
            }
        }

        return found;
    }
}
