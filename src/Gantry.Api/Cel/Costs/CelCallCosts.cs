using System.Text;
using Gantry.Api.Cel.Syntax;

namespace Gantry.Api.Cel.Costs;

/// <summary>
/// What a call cost that was made: Kubernetes' figures for its libraries (apiserver <c>pkg/cel/library/cost.go</c> of 1.32), and those of cel-go for the rest.
/// </summary>
internal static class CelCallCosts
{
    public static ulong Of(string function, string overload, CelValue[] arguments, CelValue result) =>
        Library(function, overload, arguments, result) ?? Standard(overload, arguments);

    /// <summary>How large a value is to the costs of functions: its characters, bytes, items or entries, and 1 for all others.</summary>
    public static ulong Size(CelValue value) => value.Kind switch
    {
        CelKind.String => (ulong)CelText.Length(value.Text),
        CelKind.Bytes => (ulong)value.Bytes.Length,
        CelKind.List or CelKind.Map => (ulong)value.Count,
        CelKind.Object => (ulong)(value.Object!.Size ?? 1),
        _ => 1,
    };

    private static ulong Through(CelValue value, double times = 1) => CelCostFactors.Times(Size(value), times * CelCostFactors.Traversal);

    private static ulong? Library(string function, string overload, CelValue[] a, CelValue result)
    {
        switch (function)
        {
            case "check":
                return CelCostFactors.AuthorizerCheck;
            case "serviceAccount" or "path" or "group" or "resource" or "subresource" or "namespace" or "name" or "allowed" or "reason" or "error" or "errored":
            case "masked" or "prefixLength" or "family" or "isUnspecified" or "isLoopback" or "isLinkLocalMulticast" or "isLinkLocalUnicast" or "isGlobalUnicast":
            case "sign" or "asInteger" or "isInteger" or "asApproximateFloat" or "isGreaterThan" or "isLessThan" or "compareTo" or "add" or "sub":
            case "getScheme" or "getHostname" or "getHost" or "getPort" or "getEscapedPath" or "getQuery" or "format.named":
                return 1;
            case "fieldSelector" or "labelSelector" when a.Length >= 2:
                return Selector(CelCost.Exactly(Size(a[1]))).Max;
            case "isSorted" or "sum" or "max" or "min" or "indexOf" or "lastIndexOf":
                return Whole(a[0]);
            case "url" or "lowerAscii" or "upperAscii" or "substring" or "trim" or "cidr" or "isIP" or "isCIDR" or "quantity" or "isQuantity":
                return Through(a[0]);
            case "replace" or "split" or "ip.isCanonical":
                return Through(a[0], 2);
            case "join":
                return Through(result, 2);
            case "ip":
                return overload == "cidr_ip" ? 1 : Through(a[0]);
            case "find" or "findAll" when a.Length >= 2:
                return Pattern(a[0], Size(a[1]));
            case "containsIP" or "containsCIDR":
                return Contains(function, overload, a);
            case "validate" when a[0].Object is Libraries.CelFormat format:
                return Pattern(a[1], format.LongestPattern);
            case CelOperators.Equal when a[0].Kind == CelKind.Object:
                return 1;
            case "sets.contains" or "sets.intersects":
                return 1 + (Size(a[0]) * Size(a[1]));
            case "sets.equivalent":
                return 1 + (Size(a[0]) * Size(a[1]) * 2);
            default:
                return null;
        }
    }

    public static CelCost Selector(CelCost length) => CelCost.Exactly(CelCostFactors.CreateList).Plus(length.Times(CelCostFactors.Traversal))
        .Plus(length.Times(CelCostFactors.RequirementsPerCharacter).Times(CelCostFactors.PerRequirement));

    private static ulong Contains(string function, string overload, CelValue[] a)
    {
        var size = Size(a[0]);
        var cost = CelCostFactors.Times(size + size, CelCostFactors.Traversal);
        if (function == "containsCIDR")
        {
            cost += CelCostFactors.Times(size, CelCostFactors.Traversal) + 1;
        }
        return cost + (overload.EndsWith("_string", StringComparison.Ordinal) ? Through(a[1]) : 0);
    }

    private static ulong Pattern(CelValue text, ulong pattern) =>
        CelCostFactors.Times(CelCostFactors.Times(Size(text) + 1, CelCostFactors.Traversal), CelCostFactors.Times(pattern, CelCostFactors.Pattern));

    private static ulong Standard(string overload, CelValue[] a)
    {
        switch (overload)
        {
            case "starts_with_string" or "ends_with_string":
                return Through(a[1]);
            case "string_to_bytes" or "bytes_to_string" or "strings_quote" or "string_format":
                return Through(a[0]);
            case "in_list":
                return Size(a[1]);
            case "less_string" or "less_equals_string" or "greater_string" or "greater_equals_string":
            case "less_bytes" or "less_equals_bytes" or "greater_bytes" or "greater_equals_bytes":
            case "equals" or "not_equals":
                return CelCostFactors.Times(Math.Min(Size(a[0]), Size(a[1])), CelCostFactors.Traversal);
            case "add_string" or "add_bytes":
                return CelCostFactors.Times(Size(a[0]) + Size(a[1]), CelCostFactors.Traversal);
            case "matches" or "matches_string":
                return Pattern(a[0], Size(a[1]));
            case "contains_string":
                return CelCostFactors.Times(Through(a[0]), Through(a[1]));
            default:
                return 1;
        }
    }

    // Of looking through a value and everything in it.
    private static ulong Whole(CelValue value)
    {
        switch (value.Kind)
        {
            case CelKind.String:
                return (ulong)(Encoding.UTF8.GetByteCount(value.Text) * CelCostFactors.Traversal);
            case CelKind.Bytes:
                return (ulong)(value.Bytes.Length * CelCostFactors.Traversal);
            case CelKind.List or CelKind.Map:
                ulong sum = 0;
                for (var i = 0; i < value.Count; i++)
                {
                    sum = CelCostFactors.Plus(sum, value.Kind == CelKind.List ? Whole(value.ItemAt(i)) : CelCostFactors.Plus(Whole(value.KeyAt(i)), Whole(value.ValueAt(i))));
                }
                return sum;
            default:
                return 1;
        }
    }
}
