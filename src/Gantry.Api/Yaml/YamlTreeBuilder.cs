using System.Globalization;
using Gantry.Api.Trees;

namespace Gantry.Api.Yaml;

/// <summary>Nodes to trees: scalars get their meaning, aliases what they stand for, merge keys what they bring, keys become text.</summary>
/// <param name="most">How many values a document may come to.</param>
internal sealed class YamlTreeBuilder(int most)
{
    // So many values may come of aliases: of small documents nearly all, of large ones a tenth.
    private const int Small = 400_000;
    private const int Large = 4_000_000;

    private readonly List<string> _duplicates = [];
    private readonly HashSet<YamlNode> _open = [];
    private int _values;
    private int _ofAliases;
    private string? _refusal;

    /// <summary>Keys that stood twice in a map, in the words of the Go library.</summary>
    public IReadOnlyList<string> Duplicates => _duplicates;

    /// <summary>The value of a document.</summary>
    /// <exception cref="YamlError">It has none.</exception>
    /// <exception cref="TreeException">It has one that JSON does not know.</exception>
    public Tree Document(YamlNode root)
    {
        var value = Value(root);
        return _refusal is null ? value : throw new TreeException(_refusal);
    }

    private Tree Value(YamlNode node)
    {
        var value = Read(node);
        if (value is TreeFloat { Value: var real } && !double.IsFinite(real))
        {
            _refusal ??= "json: unsupported value: " + (double.IsNaN(real) ? "NaN" : real > 0 ? "+Inf" : "-Inf");
        }

        return value;
    }

    private Tree Read(YamlNode node)
    {
        Count();
        switch (node.Kind)
        {
            case YamlNodeKind.Scalar:
                return YamlMeaning.Of(node);
            case YamlNodeKind.Alias:
                Enter(node);
                var value = Read(node.Target!);
                _open.Remove(node);
                return value;
            case YamlNodeKind.Sequence:
                return new TreeList(node.Children.Select(Value));
            default:
                var map = new TreeMap();
                Fill(map, node);
                return map;
        }
    }

    private void Fill(TreeMap map, YamlNode node)
    {
        for (var at = 0; at < node.Children.Count; at += 2)
        {
            var (key, value) = (node.Children[at], node.Children[at + 1]);
            if (key is { Kind: YamlNodeKind.Scalar, Text: "<<" } && (key.IsImplicit || key.Tag == YamlScalarTags.Merge))
            {
                Merge(map, value);
                continue;
            }

            var read = Read(key);
            if (read is TreeMap or TreeList)
            {
                throw YamlError.OfMeaning("invalid map key: " + Source(read));
            }

            var found = Value(value);
            if (read is TreeNull)
            {
                _refusal ??= $"unsupported map key of type: %!s(<nil>), key: <nil>, value: {(found is TreeNull ? "<nil>" : Source(found))}";
                continue;
            }

            var name = Name(read);
            if (map.Contains(name))
            {
                _duplicates.Add(string.Create(CultureInfo.InvariantCulture, $"line {value.Line + 1}: key {Source(read)} already set in map"));
            }

            map[name] = found;
        }
    }

    // What is merged stands where the merge key does: it takes the place of what is before it, and gives way to what comes after.
    private void Merge(TreeMap map, YamlNode node)
    {
        if (node.Kind != YamlNodeKind.Sequence)
        {
            MergeOne(map, node);
            return;
        }

        for (var at = node.Children.Count - 1; at >= 0; at--)
        {
            MergeOne(map, node.Children[at]);
        }
    }

    private void MergeOne(TreeMap map, YamlNode node)
    {
        var target = node.Target ?? node;
        if (target.Kind != YamlNodeKind.Mapping)
        {
            throw YamlError.OfMeaning("map merge requires map or sequence of maps as the value");
        }

        Count();
        if (node.Kind != YamlNodeKind.Alias)
        {
            Fill(map, node);
            return;
        }

        Enter(node);
        Count();
        Fill(map, target);
        _open.Remove(node);
    }

    private void Enter(YamlNode alias)
    {
        if (!_open.Add(alias))
        {
            throw YamlError.OfMeaning($"anchor '{alias.Text}' value contains itself");
        }
    }

    private void Count()
    {
        _values++;
        _ofAliases += _open.Count > 0 ? 1 : 0;
        if (_values > most || (_ofAliases > 100 && _values > 1000 && (double)_ofAliases / _values > Allowed(_values)))
        {
            throw YamlError.OfMeaning("document contains excessive aliasing");
        }
    }

    private static double Allowed(int values) => values switch
    {
        <= Small => 0.99,
        >= Large => 0.10,
        _ => 0.99 - (0.89 * ((values - Small) / (double)(Large - Small))),
    };

    private static string Name(Tree key) => key switch
    {
        TreeString text => text.Value,
        TreeInteger integer => integer.Value.ToString(CultureInfo.InvariantCulture),
        TreeFloat { Value: var real } => double.IsNaN(real) ? ".nan" : double.IsInfinity(real) ? (real > 0 ? ".inf" : "-.inf")
            : GoSyntax.Number(double.Parse(((float)real).ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)),
        _ => key.ToString(),
    };

    // As Go shows what it has read and not yet made JSON of.
    private static string Source(Tree value) => value switch
    {
        TreeMap map => "map[interface {}]interface {}{" + string.Join(", ", MapOrder.Sorted(map).Select(m => GoSyntax.Quoted(m.Key) + ":" + Source(m.Value))) + "}",
        TreeList list => "[]interface {}{" + string.Join(", ", list.Select(Source)) + "}",
        _ => GoSyntax.Source(value),
    };
}
