namespace Gantry.Api.Cel;

/// <summary>The operators on numbers, texts, lists and times. What overflows is an error, never a wrong number.</summary>
internal static class CelArithmetic
{
    public const string NoOverload = "no such overload";

    /// <summary>The result, or the words for why there is none.</summary>
    public static CelValue Apply(string sign, CelValue left, CelValue right)
    {
        var (value, error) = (left.Kind, right.Kind) switch
        {
            (CelKind.Int, CelKind.Int) => Ints(sign, left.Int, right.Int),
            (CelKind.Uint, CelKind.Uint) => Uints(sign, left.Uint, right.Uint),
            (CelKind.Double, CelKind.Double) => Doubles(sign, left.Double, right.Double),
            (CelKind.String, CelKind.String) when sign == "+" => (CelValue.Of(left.Text + right.Text), null),
            (CelKind.Bytes, CelKind.Bytes) when sign == "+" => (CelValue.Of([.. left.Bytes.Span, .. right.Bytes.Span]), null),
            (CelKind.List, CelKind.List) when sign == "+" => (Joined(left, right), null),
            (CelKind.Timestamp or CelKind.Duration, CelKind.Timestamp or CelKind.Duration) => Times(sign, left, right),
            _ => (default, NoOverload),
        };
        return error is null ? value : CelValue.Error(error);
    }

    public static CelValue Negate(CelValue value) => value.Kind switch
    {
        CelKind.Int when value.Int != long.MinValue => CelValue.Of(-value.Int),
        CelKind.Int => CelValue.Error("integer overflow"),
        CelKind.Double => CelValue.Of(-value.Double),
        _ => CelValue.Error(NoOverload),
    };

    private static (CelValue, string?) Ints(string sign, long left, long right)
    {
        if (sign is "/" or "%" && right == 0)
        {
            return (default, sign == "/" ? "division by zero" : "modulus by zero");
        }
        Int128 result = sign switch
        {
            "+" => (Int128)left + right,
            "-" => (Int128)left - right,
            "*" => (Int128)left * right,
            "/" => (Int128)left / right,
            // The remainder itself would fit, yet the division behind it does not; the reference implementations refuse it.
            _ => left == long.MinValue && right == -1 ? Int128.MaxValue : left % right,
        };
        return result < long.MinValue || result > long.MaxValue ? (default, "integer overflow") : (CelValue.Of((long)result), null);
    }

    private static (CelValue, string?) Uints(string sign, ulong left, ulong right)
    {
        if (sign is "/" or "%" && right == 0)
        {
            return (default, sign == "/" ? "division by zero" : "modulus by zero");
        }
        Int128 result = sign switch
        {
            "+" => (Int128)left + right,
            "-" => (Int128)left - right,
            "*" when right != 0 && left > ulong.MaxValue / right => -1,
            "*" => left * right,
            "/" => left / right,
            _ => left % right,
        };
        return result < 0 || result > ulong.MaxValue ? (default, "unsigned integer overflow") : (CelValue.Of((ulong)result), null);
    }

    private static (CelValue, string?) Doubles(string sign, double left, double right) => sign switch
    {
        "+" => (CelValue.Of(left + right), null),
        "-" => (CelValue.Of(left - right), null),
        "*" => (CelValue.Of(left * right), null),
        "/" => (CelValue.Of(left / right), null),
        _ => (default, NoOverload),
    };

    // Sets get what they do not have yet; in lists of keyed items those of the right replace those of the left with their key.
    private static CelValue Joined(CelValue left, CelValue right)
    {
        if (left.Typed?.Type is not { ListType: "set" or "map" } type)
        {
            return left.Plus(right);
        }
        var places = new Dictionary<CelValue, int>();
        var items = new List<CelValue>();
        foreach (var item in left.Items().Concat(right.Items()))
        {
            var key = CelEquality.ItemKey(item, type);
            if (places.TryAdd(key, items.Count))
            {
                items.Add(item);
            }
            else if (type.ListType == "map")
            {
                items[places[key]] = item;
            }
        }
        return CelValue.Of(items.ToArray());
    }

    private static (CelValue, string?) Times(string sign, CelValue left, CelValue right)
    {
        switch (sign, left.Kind, right.Kind)
        {
            case ("+", CelKind.Timestamp, CelKind.Duration):
                return Moved(left, right.Nanoseconds);
            case ("+", CelKind.Duration, CelKind.Timestamp):
                return Moved(right, left.Nanoseconds);
            case ("-", CelKind.Timestamp, CelKind.Duration):
                return Moved(left, -(Int128)right.Nanoseconds);
            case ("+", CelKind.Duration, CelKind.Duration):
                return Span((Int128)left.Nanoseconds + right.Nanoseconds);
            case ("-", CelKind.Duration, CelKind.Duration):
                return Span((Int128)left.Nanoseconds - right.Nanoseconds);
            case ("-", CelKind.Timestamp, CelKind.Timestamp):
                return Span(CelTime.Total(left) - CelTime.Total(right));
            default:
                return (default, NoOverload);
        }
    }

    private static (CelValue, string?) Moved(CelValue time, Int128 by) => CelTime.Add(time, by) is { } moved ? (moved, null) : (default, "timestamp overflow");

    private static (CelValue, string?) Span(Int128 nanoseconds) =>
        nanoseconds < long.MinValue || nanoseconds > long.MaxValue ? (default, "duration overflow") : (CelValue.Duration((long)nanoseconds), null);
}
