using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Gantry.Api.Trees;

/// <summary>Builds trees from YAML events, one document at a time.</summary>
internal sealed class YamlTreeReader
{
    private readonly Parser _parser;
    private readonly Dictionary<AnchorName, (Tree Tree, int Size)> _anchors = [];
    private readonly List<string> _duplicates = [];
    private int _values;
    private int _depth;
    private bool _started;

    /// <exception cref="TreeException">The text begins with the end of a document.</exception>
    public YamlTreeReader(string yaml)
    {
        RefuseEnd(yaml);
        _parser = new Parser(new StringReader(yaml));
    }

    public IReadOnlyList<string> Duplicates => _duplicates;

    /// <summary>The next document, or null after the last one.</summary>
    public Tree? Document()
    {
        if (!_started)
        {
            _started = true;
            _parser.Consume<StreamStart>();
        }
        if (_parser.Accept<StreamEnd>(out _))
        {
            return null;
        }
        _parser.Consume<DocumentStart>();
        _anchors.Clear();
        var tree = Value();
        _parser.Consume<DocumentEnd>();
        return tree;
    }

    // An end without a beginning is no document to the Go library, and breaks the parser here.
    private static void RefuseEnd(string yaml)
    {
        var number = 0;
        foreach (var line in yaml.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("...", StringComparison.Ordinal) && (line.Length == 3 || char.IsWhiteSpace(line[3])))
            {
                throw new TreeException(string.Create(CultureInfo.InvariantCulture, $"yaml: {(number > 0 ? $"line {number}: " : "")}did not find expected node content"));
            }
            if (line.TrimStart() is [not '#', ..])
            {
                return;
            }
            number++;
        }
    }

    private Tree Value()
    {
        if (++_depth > TreeJson.MaxDepth)
        {
            throw new TreeException("yaml: exceeded max depth");
        }
        Count(1);
        var before = _values;
        AnchorName anchor;
        Tree tree;
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            if (!_anchors.TryGetValue(alias.Value, out var known))
            {
                throw new TreeException($"yaml: unknown anchor '{alias.Value.Value}' referenced");
            }
            Count(known.Size);
            _depth--;
            return known.Tree;
        }
        if (_parser.TryConsume<Scalar>(out var scalar))
        {
            anchor = scalar.Anchor;
            tree = YamlScalar.Resolve(scalar);
        }
        else if (_parser.TryConsume<SequenceStart>(out var sequence))
        {
            anchor = sequence.Anchor;
            tree = List();
        }
        else
        {
            var mapping = _parser.Consume<MappingStart>();
            anchor = mapping.Anchor;
            tree = Map();
        }
        if (!anchor.IsEmpty)
        {
            _anchors[anchor] = (tree, _values - before + 1);
        }
        _depth--;
        return tree;
    }

    private TreeList List()
    {
        var list = new TreeList();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            list.Add(Value());
        }
        return list;
    }

    private TreeMap Map()
    {
        var map = new TreeMap();
        List<TreeMap>? merged = null;
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var line = _parser.Current?.Start.Line ?? 0;
            var isMerge = _parser.Accept<Scalar>(out var scalar) && scalar is { Style: ScalarStyle.Plain, Value: "<<" };
            var key = Value();
            var value = Value();
            if (isMerge)
            {
                merged ??= [];
                Merged(value, merged);
                continue;
            }
            var name = Name(key);
            if (map.Contains(name))
            {
                _duplicates.Add($"line {line}: key {GoSyntax.Quoted(name)} already set in map");
            }
            map[name] = value;
        }
        foreach (var from in merged ?? [])
        {
            for (var i = 0; i < from.Count; i++)
            {
                if (!map.Contains(from.KeyAt(i)))
                {
                    map.Add(from.KeyAt(i), from.ValueAt(i));
                }
            }
        }
        return map;
    }

    private static void Merged(Tree value, List<TreeMap> merged)
    {
        switch (value)
        {
            case TreeMap one:
                merged.Add(one);
                break;
            case TreeList several when several.All(m => m is TreeMap):
                merged.AddRange(several.Cast<TreeMap>());
                break;
            default:
                throw new TreeException("yaml: map merge requires map or sequence of maps as the value");
        }
    }

    private static string Name(Tree key) => key switch
    {
        TreeString text => text.Value,
        TreeInteger integer => integer.Value.ToString(CultureInfo.InvariantCulture),
        TreeFloat or TreeBool => key.ToString(),
        _ => throw new TreeException($"unsupported map key of type: {key.KindName}"),
    };

    private void Count(int values)
    {
        _values += values;
        if (_values > TreeYaml.MaxValues)
        {
            throw new TreeException("yaml: document contains excessive aliasing");
        }
    }
}
