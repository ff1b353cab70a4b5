using Gantry.Api.Trees;

namespace Gantry.Api.Apply;

/// <summary>A total order of values: numbers, texts, truth values, lists, objects, null.</summary>
internal static class TreeOrder
{
    public static int Compare(Tree left, Tree right)
    {
        if (ReferenceEquals(left, right))
        {
            return 0;
        }
        var (leftRank, rightRank) = (Rank(left), Rank(right));
        if (leftRank != rightRank)
        {
            return leftRank.CompareTo(rightRank);
        }
        return (left, right) switch
        {
            (TreeString a, TreeString b) => string.CompareOrdinal(a.Value, b.Value),
            (TreeInteger a, TreeInteger b) => a.Value.CompareTo(b.Value),
            (TreeBool a, TreeBool b) => a.Value.CompareTo(b.Value),
            (TreeList a, TreeList b) => Lists(a, b),
            (TreeMap a, TreeMap b) => Maps(a, b),
            (TreeNull, TreeNull) => 0,
            _ => Number(left).CompareTo(Number(right)),
        };
    }

    private static int Rank(Tree tree) => tree switch
    {
        TreeInteger or TreeFloat => 0,
        TreeString => 1,
        TreeBool => 2,
        TreeList => 3,
        TreeMap => 4,
        _ => 5,
    };

    private static double Number(Tree tree) => tree is TreeInteger integer ? integer.Value : ((TreeFloat)tree).Value;

    private static int Lists(TreeList left, TreeList right)
    {
        for (var i = 0; i < left.Count && i < right.Count; i++)
        {
            var order = Compare(left[i], right[i]);
            if (order != 0)
            {
                return order;
            }
        }
        return left.Count.CompareTo(right.Count);
    }

    private static int Maps(TreeMap left, TreeMap right)
    {
        var (a, b) = (MapOrder.Sorted(left), MapOrder.Sorted(right));
        for (var i = 0; i < a.Count && i < b.Count; i++)
        {
            var order = string.CompareOrdinal(a.KeyAt(i), b.KeyAt(i));
            order = order != 0 ? order : Compare(a.ValueAt(i), b.ValueAt(i));
            if (order != 0)
            {
                return order;
            }
        }
        return a.Count.CompareTo(b.Count);
    }
}
