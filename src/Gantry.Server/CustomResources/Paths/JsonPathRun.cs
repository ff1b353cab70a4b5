using System.Text;
using Gantry.Api.Trees;

namespace Gantry.Server.CustomResources.Paths;

/// <summary>Follows paths through values.</summary>
internal static class JsonPathRun
{
    // What unions of descents could lead to grows with the power of their number.
    private const int MaximumResults = 100_000;

    /// <summary>What one step leads to.</summary>
    /// <param name="from">Where it starts: several values.</param>
    /// <param name="node">The step.</param>
    /// <exception cref="JsonPathException">It cannot be taken.</exception>
    public static List<Tree> Walk(List<Tree> from, JsonPathNode node)
    {
        List<Tree> found = node switch
        {
            JsonPathNode.Chain chain => Follow(from, chain),
            JsonPathNode.Text text => [new TreeString(text.Value)],
            JsonPathNode.Literal literal => [.. from.Select(_ => literal.Value)],
            JsonPathNode.Member member => [.. from.OfType<TreeMap>().Select(map => map[member.Name]).OfType<Tree>()],
            JsonPathNode.Everything => [.. from.SelectMany(Inside)],
            JsonPathNode.Descent => Below(from),
            JsonPathNode.Slice slice => [.. from.Where(v => v is not TreeNull).SelectMany(v => Items(v, slice))],
            JsonPathNode.Union union => [.. union.Ways.SelectMany(way => Follow(from, way))],
            JsonPathNode.Filter filter => [.. from.SelectMany(v => Matching(v, filter))],
            _ => throw new JsonPathException("unrecognized identifier"),
        };
        return found.Count <= MaximumResults ? found : throw new JsonPathException("too many results");
    }

    private static List<Tree> Follow(List<Tree> from, JsonPathNode.Chain chain)
    {
        var at = from;
        foreach (var step in chain.Steps)
        {
            at = Walk(at, step);
        }

        return at;
    }

    // Of a text these are its bytes.
    private static IEnumerable<Tree> Inside(Tree value) => value switch
    {
        TreeMap map => map.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => m.Value),
        TreeList list => list,
        TreeString text => Encoding.UTF8.GetBytes(text.Value).Select(b => (Tree)TreeInteger.Of(b)),
        _ => [],
    };

    private static List<Tree> Below(IEnumerable<Tree> values)
    {
        var found = new List<Tree>();
        foreach (var value in values)
        {
            if (value is TreeString { Value.Length: > 0 })
            {
                found.Add(value);
            }
            else if (value is TreeMap { Count: > 0 } or TreeList { Count: > 0 })
            {
                found.Add(value);
                found.AddRange(Below(Inside(value)));
            }
        }

        return found;
    }

    private static IEnumerable<Tree> Items(Tree value, JsonPathNode.Slice slice)
    {
        if (value is not TreeList list)
        {
            throw new JsonPathException($"{GoSyntax.TypeOf(value)} is not array or slice");
        }

        var from = slice.From ?? 0;
        from += from < 0 ? list.Count : 0;
        var to = slice.To ?? list.Count;
        to += to < 0 || (to == 0 && slice.IsIndex) ? list.Count : 0;
        if (from == to)
        {
            return [];
        }

        if (from < 0 || from >= list.Count || to < 0 || to > list.Count || from > to)
        {
            throw new JsonPathException("array index out of bounds");
        }

        var step = slice.Step ?? 1;
        return step > 0 ? list.Skip(from).Take(to - from).Where((_, i) => i % step == 0) : throw new JsonPathException("step must be > 0");
    }

    private static IEnumerable<Tree> Matching(Tree value, JsonPathNode.Filter filter) => value is TreeList list
        ? list.Where(item => Is(item, filter))
        : throw new JsonPathException($"{GoSyntax.Plain(value)} is not array or slice and cannot be filtered");

    private static bool Is(Tree item, JsonPathNode.Filter filter)
    {
        if (filter.Right is null)
        {
            return Exists(item, filter.Left);
        }

        var left = Follow([item], filter.Left);
        if (left.Count == 0)
        {
            return false;
        }

        var right = left.Count == 1 ? Follow([item], filter.Right) : [];
        return right.Count == 1 ? Compare(left[0], right[0], filter.Operator) : throw new JsonPathException("can only compare one element at a time");
    }

    // A path that cannot be followed still leads as far as it went.
    private static bool Exists(Tree item, JsonPathNode.Chain path)
    {
        List<Tree> at = [item];
        foreach (var step in path.Steps)
        {
            try
            {
                at = Walk(at, step);
            }
            catch (JsonPathException)
            {
                return step is not (JsonPathNode.Member or JsonPathNode.Everything) && at.Count > 0;
            }
        }

        return at.Count > 0;
    }

    private static bool Compare(Tree left, Tree right, string how)
    {
        var same = (left, right) is (TreeBool, TreeBool) or (TreeInteger, TreeInteger) or (TreeFloat, TreeFloat) or (TreeString, TreeString);
        if (!same || (left is TreeBool && how is not ("==" or "!=")))
        {
            throw new JsonPathException("incompatible types for comparison");
        }

        var order = (left, right) switch
        {
            (TreeInteger a, TreeInteger b) => a.Value.CompareTo(b.Value),
            (TreeFloat a, TreeFloat b) => a.Value.CompareTo(b.Value),
            (TreeString a, TreeString b) => string.CompareOrdinal(a.Value, b.Value),
            _ => left.Equals(right) ? 0 : 1,
        };
        return how switch
        {
            "<" => order < 0,
            ">" => order > 0,
            "==" => order == 0,
            "!=" => order != 0,
            "<=" => order <= 0,
            ">=" => order >= 0,
            _ => throw new JsonPathException($"unrecognized filter operator {how}"),
        };
    }
}
