namespace Gantry.Api.Cel;

/// <summary>Equality and order of values.</summary>
internal static class CelEquality
{
    public static bool IsNumber(CelValue value) => value.Kind is CelKind.Int or CelKind.Uint or CelKind.Double;

    /// <summary>Whether values of the kind have an order among themselves.</summary>
    public static bool HasOrder(CelValue value) =>
        IsNumber(value) || value.Kind is CelKind.Bool or CelKind.String or CelKind.Bytes or CelKind.Timestamp or CelKind.Duration;

    public static bool Same(CelValue left, CelValue right)
    {
        if (IsNumber(left) && IsNumber(right))
        {
            return Order(left, right) == 0;
        }
        if (left.Kind != right.Kind)
        {
            return false;
        }
        return left.Kind switch
        {
            CelKind.Null => true,
            CelKind.Bool or CelKind.Duration => left.Int == right.Int,
            CelKind.Timestamp => left.Seconds == right.Seconds && left.SecondNanos == right.SecondNanos,
            CelKind.String or CelKind.Type => left.Text == right.Text,
            CelKind.Bytes => left.Bytes.Span.SequenceEqual(right.Bytes.Span),
            CelKind.Optional => left.HasValue == right.HasValue && (!left.HasValue || Same(left.Held, right.Held)),
            CelKind.Object => left.Object!.Same(right.Object!),
            CelKind.List when left.Typed?.Type.ListType is "set" or "map" => SameUnordered(left, right, left.Typed!.Type),
            CelKind.List => SameItems(left, right),
            CelKind.Map => SameEntries(left, right),
            _ => false,
        };
    }

    public static int Hash(CelValue value) => value.Kind switch
    {
        CelKind.Int => ((double)value.Int).GetHashCode(),
        CelKind.Uint => ((double)value.Uint).GetHashCode(),
        CelKind.Double => value.Double == 0 ? 0 : value.Double.GetHashCode(),
        CelKind.String or CelKind.Type => value.Text.GetHashCode(StringComparison.Ordinal),
        CelKind.List or CelKind.Map => value.Count,
        CelKind.Bytes => value.Bytes.Length,
        _ => value.Int.GetHashCode(),
    };

    /// <summary>Below, at or above zero; null where the two have no order, which not-a-number has with nothing.</summary>
    public static int? Order(CelValue left, CelValue right)
    {
        if (IsNumber(left) && IsNumber(right))
        {
            return Numbers(left, right);
        }
        if (left.Kind != right.Kind)
        {
            return null;
        }
        return left.Kind switch
        {
            CelKind.Bool or CelKind.Duration => left.Int.CompareTo(right.Int),
            CelKind.String => Texts(left.Text, right.Text),
            CelKind.Bytes => left.Bytes.Span.SequenceCompareTo(right.Bytes.Span),
            CelKind.Timestamp when left.Seconds == right.Seconds => left.SecondNanos.CompareTo(right.SecondNanos),
            CelKind.Timestamp => left.Seconds.CompareTo(right.Seconds),
            _ => null,
        };
    }

    private static int? Numbers(CelValue left, CelValue right) => (left.Kind, right.Kind) switch
    {
        (CelKind.Int, CelKind.Int) => left.Int.CompareTo(right.Int),
        (CelKind.Uint, CelKind.Uint) => left.Uint.CompareTo(right.Uint),
        (CelKind.Double, CelKind.Double) => double.IsNaN(left.Double) || double.IsNaN(right.Double) ? null : left.Double.CompareTo(right.Double),
        (CelKind.Double, _) => WithReal(Whole(right), left.Double) is { } order ? -order : null,
        (_, CelKind.Double) => WithReal(Whole(left), right.Double),
        _ => Whole(left).CompareTo(Whole(right)),
    };

    // Exact: a double holds fewer digits than a 64-bit integer, so the comparison is made in 128 bits.
    private static int? WithReal(Int128 whole, double real)
    {
        if (double.IsNaN(real))
        {
            return null;
        }
        if (Math.Abs(real) >= 36893488147419103232.0)
        {
            return real > 0 ? -1 : 1;
        }
        var floor = Math.Floor(real);
        var order = whole.CompareTo((Int128)floor);
        return order != 0 ? order : floor < real ? -1 : 0;
    }

    private static Int128 Whole(CelValue value) => value.Kind == CelKind.Int ? value.Int : value.Uint;

    // By code points, which is the order of the UTF-8 bytes: surrogates come after all other UTF-16 units.
    private static int Texts(string left, string right)
    {
        var same = left.AsSpan().CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }
        return Rank(left[same]).CompareTo(Rank(right[same]));
    }

    private static int Rank(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;

    private static bool SameItems(CelValue left, CelValue right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }
        for (var i = 0; i < left.Count; i++)
        {
            if (!Same(left.ItemAt(i), right.ItemAt(i)))
            {
                return false;
            }
        }
        return true;
    }

    // Sets and lists of keyed items are equal in any order.
    private static bool SameUnordered(CelValue left, CelValue right, CelType type)
    {
        if (left.Count != right.Count)
        {
            return false;
        }
        var mine = new Dictionary<CelValue, CelValue>();
        foreach (var item in left.Items())
        {
            mine[ItemKey(item, type)] = item;
        }
        return right.Items().All(item => mine.TryGetValue(ItemKey(item, type), out var same) && Same(same, item));
    }

    /// <summary>What identifies an item of a set or of a list of keyed items.</summary>
    public static CelValue ItemKey(CelValue item, CelType type) =>
        type.ListType != "map" ? item : CelValue.Of(type.ListKeys.Select(k => item.TryFind(CelValue.Of(k), out var part) ? part : CelValue.Null).ToArray());

    private static bool SameEntries(CelValue left, CelValue right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }
        if (left.Typed?.Map is { } map && right.Typed?.Map is { } other && left.Typed.Type.Kind == CelTypeKind.Struct)
        {
            return SameFields(left, map, right, other);
        }
        for (var i = 0; i < left.Count; i++)
        {
            if (!right.TryFind(left.KeyAt(i), out var theirs) || !Same(left.ValueAt(i), theirs))
            {
                return false;
            }
        }
        return true;
    }

    private static bool SameFields(CelValue left, Trees.TreeMap map, CelValue right, Trees.TreeMap other)
    {
        for (var i = 0; i < map.Count; i++)
        {
            var at = other.IndexOf(map.KeyAt(i));
            if (at < 0 || !Same(left.ValueAt(i), right.ValueAt(at)))
            {
                return false;
            }
        }
        return true;
    }
}
