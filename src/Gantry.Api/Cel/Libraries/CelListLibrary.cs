namespace Gantry.Api.Cel.Libraries;

/// <summary>Kubernetes' functions on lists, and the sets extension.</summary>
internal static class CelListLibrary
{
    private static readonly CelType A = CelType.Parameter("A");

    private static readonly (CelType Type, string Name)[] Summable = [(CelType.Int, "int"), (CelType.Uint, "uint"), (CelType.Double, "double"), (CelType.Duration, "duration")];

    private static readonly (CelType Type, string Name)[] Comparable =
    [
        (CelType.Int, "int"), (CelType.Uint, "uint"), (CelType.Double, "double"), (CelType.Bool, "bool"), (CelType.Duration, "duration"), (CelType.Timestamp, "timestamp"),
        (CelType.String, "string"), (CelType.Bytes, "bytes"),
    ];

    public static void Declare(CelFunctionTable table)
    {
        foreach (var (type, name) in Comparable)
        {
            table.Member("isSorted", $"list_{name}_is_sorted_bool", [CelType.List(type)], CelType.Bool, static a => IsSorted(a[0]));
            table.Member("max", $"list_{name}_max_{name}", [CelType.List(type)], type, static a => Extreme("max", a[0], -1));
            table.Member("min", $"list_{name}_min_{name}", [CelType.List(type)], type, static a => Extreme("min", a[0], 1));
        }
        foreach (var (type, name) in Summable)
        {
            table.Member("sum", $"list_{name}_sum_{name}", [CelType.List(type)], type, a => Sum(type, a[0]));
        }
        table.Member("indexOf", "list_a_index_of_int", [CelType.List(A), A], CelType.Int, static a => CelValue.Of((long)a[0].Items().ToList().IndexOf(a[1])));
        table.Member("lastIndexOf", "list_a_last_index_of_int", [CelType.List(A), A], CelType.Int, static a => CelValue.Of((long)a[0].Items().ToList().LastIndexOf(a[1])));
    }

    private static CelValue IsSorted(CelValue list)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (Fault(list.ItemAt(i)) is { } fault)
            {
                return fault;
            }
            if (i == 0)
            {
                continue;
            }
            if (CelEquality.Order(list.ItemAt(i - 1), list.ItemAt(i)) is not { } order)
            {
                return CelValue.Error(CelArithmetic.NoOverload);
            }
            if (order > 0)
            {
                return CelValue.Of(false);
            }
        }
        return CelValue.Of(true);
    }

    private static CelValue? Fault(CelValue item) => item.IsError ? item : CelEquality.HasOrder(item) ? null : CelValue.Error(CelArithmetic.NoOverload);

    private static CelValue Sum(CelType type, CelValue list)
    {
        var sum = type.Kind switch
        {
            CelTypeKind.Int => CelValue.Of(0L),
            CelTypeKind.Uint => CelValue.Of(0UL),
            CelTypeKind.Double => CelValue.Of(0.0),
            _ => CelValue.Duration(0),
        };
        foreach (var item in list.Items())
        {
            sum = item.IsError ? item : CelArithmetic.Apply("+", sum, item);
            if (sum.IsError)
            {
                return sum;
            }
        }
        return sum;
    }

    private static CelValue Extreme(string name, CelValue list, int replacedWhen)
    {
        CelValue? best = null;
        foreach (var item in list.Items())
        {
            if (Fault(item) is { } fault)
            {
                return fault;
            }
            if (best is not { } before)
            {
                best = item;
                continue;
            }
            if (CelEquality.Order(before, item) is not { } order)
            {
                return CelValue.Error(CelArithmetic.NoOverload);
            }
            best = Math.Sign(order) == replacedWhen ? item : before;
        }
        return best ?? CelValue.Error($"{name} called on empty list");
    }
}
