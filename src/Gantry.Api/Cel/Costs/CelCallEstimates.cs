using Gantry.Api.Cel.Syntax;

namespace Gantry.Api.Cel.Costs;

/// <summary>What a call can cost and how large its value can get, before it is made. The figures go with those of <see cref="CelCallCosts"/>.</summary>
internal static class CelCallEstimates
{
    /// <param name="Cost">The cost with that of the arguments.</param>
    /// <param name="Size">The size of the value, where something is known.</param>
    public readonly record struct Estimate(CelCost Cost, CelCost? Size);

    public static Estimate Of(string function, string overload, CelOperand? target, CelOperand[] arguments, CelCost[] costs)
    {
        var sum = costs.Aggregate(CelCost.Zero, (all, cost) => all.Plus(cost));
        if (Library(function, overload, target, arguments) is { } known)
        {
            return known with { Cost = known.Cost.Plus(sum) };
        }
        switch (overload)
        {
            case "logical_or" or "logical_and":
                return new(new CelCost(costs[0].Min, costs[0].Plus(costs[1]).Max), null);
            case "conditional":
                return new(costs[0].Plus(costs[1].Union(costs[2])), arguments[1].SizeOrScalar.Union(arguments[2].SizeOrScalar));
        }
        var made = Standard(overload, target, arguments);
        return made with { Cost = made.Cost.Plus(sum) };
    }

    private static CelCost Through(CelCost size, double times = 1) => size.Times(times * CelCostFactors.Traversal);

    private static Estimate? Library(string function, string overload, CelOperand? target, CelOperand[] a)
    {
        switch (function)
        {
            case "check":
                return new(CelCost.Exactly(CelCostFactors.AuthorizerCheck), null);
            case "serviceAccount" or "path" or "group" or "resource" or "subresource" or "namespace" or "name" or "allowed" or "reason" or "error" or "errored":
            case "masked" or "prefixLength" or "family" or "isUnspecified" or "isLoopback" or "isLinkLocalMulticast" or "isLinkLocalUnicast" or "isGlobalUnicast":
            case "sign" or "asInteger" or "isInteger" or "asApproximateFloat" or "isGreaterThan" or "isLessThan" or "compareTo" or "add" or "sub":
            case "getScheme" or "getHostname" or "getHost" or "getPort" or "getEscapedPath" or "getQuery" or "format.named":
            case "ip" when a.Length == 0:
                return new(CelCost.One, null);
            case "fieldSelector" or "labelSelector" when a.Length == 1:
                return new(CelCallCosts.Selector(a[0].Size), null);
            case "url" when a.Length == 1:
                return new(Through(a[0].Size), a[0].Size);
            case "cidr" or "isIP" or "isCIDR" or "ip" or "quantity" or "isQuantity":
                return new(Through(a[0].Size), null);
            case "ip.isCanonical":
                return new(Through(a[0].Size, 2), null);
            case "validate" when target is not null:
                return new(Through(a[0].Size).Times(CelCostFactors.LongestFormatPattern * CelCostFactors.Pattern), null);
            case "sets.contains" or "sets.intersects" or "sets.equivalent":
                return new(a[0].Size.Times(a[1].Size).Times(function == "sets.equivalent" ? 2.0 : 1.0).Plus(CelCost.One), null);
            case CelOperators.Equal when a[0].Type.Same(a[1].Type) && Equality(a[0].Type) is { } equality:
                return new(equality, null);
        }
        return target is null ? null : Method(function, overload, target, a);
    }

    // Values of Kubernetes' own types are compared as a whole.
    private static CelCost? Equality(CelType type) => type.Name switch
    {
        "net.IP" or "net.CIDR" or "kubernetes.Quantity" => CelCost.One,
        "kubernetes.NamedFormat" => new CelCost(1, CelCostFactors.LongestFormat).Times(CelCostFactors.Traversal),
        "kubernetes.URL" => CelCost.One.Times(CelCostFactors.Traversal),
        _ => type.Name.StartsWith("kubernetes.authorization.", StringComparison.Ordinal) ? CelCost.One : null,
    };

    private static Estimate? Method(string function, string overload, CelOperand target, CelOperand[] a)
    {
        switch (function)
        {
            case "isSorted" or "sum" or "max" or "min" or "indexOf" or "lastIndexOf":
                if (target.Items is not { } items)
                {
                    return new(Through(target.Size), null);
                }
                var each = items.Type.Kind is CelTypeKind.String or CelTypeKind.Bytes ? CelCost.One.Plus(Through(items.Size)) : CelCost.One;
                return new(target.Size.Times(each), null);
            case "lowerAscii" or "upperAscii" or "substring" or "trim":
                return new(Through(target.Size), target.Size);
            case "replace" when a.Length >= 2:
                return new(Through(target.Size, 2), Replaced(target.Size, a[0].Size, a[1].Size));
            case "split":
                var most = a.Length > 1 && a[1].Node is CelNode.Literal { Value.Kind: CelKind.Int } limit ? unchecked((ulong)limit.Value.Int) : target.Size.Max;
                return new(Through(target.Size, 2), new CelCost(0, most));
            case "join":
                var size = target.Items is { } parts ? target.Size.Times(parts.Size) : CelCost.Zero;
                if (a.Length > 0)
                {
                    size = size.Plus(a[0].Size.Times(new CelCost(target.Size.Min > 0 ? target.Size.Min - 1 : 0, target.Size.Max > 0 ? target.Size.Max - 1 : 0)));
                }
                return new(Through(size), size);
            case "find" or "findAll" when a.Length >= 1:
                return new(Pattern(target.Size, a[0].Size), new CelCost(0, target.Size.Max));
            case "containsIP" or "containsCIDR" when a.Length >= 1:
                // An address has 4 or 16 bytes.
                var bytes = new CelCost(4, 16);
                var cost = Through(bytes.Plus(bytes));
                cost = function == "containsCIDR" ? cost.Plus(Through(bytes)).Plus(CelCost.One) : cost;
                return new(overload.EndsWith("_string", StringComparison.Ordinal) ? cost.Plus(Through(a[0].Size)) : cost, null);
            default:
                return null;
        }
    }

    // The longest text comes of replacing the shortest parts by the longest others as often as can be, the shortest the other way round.
    private static CelCost Replaced(CelCost text, CelCost part, CelCost with)
    {
        var (most, keptMost) = part.Min == 0 ? (CelCostFactors.Plus(text.Max, 1), text.Max)
            : with.Max <= part.Min ? (0, text.Max) : (Quotient(text.Max, part.Min), 0UL);
        var (fewest, keptLeast) = part.Max == 0 ? (CelCostFactors.Plus(text.Min, 1), text.Min)
            : part.Max <= with.Min ? (0, text.Min) : (Quotient(text.Min, part.Max), 0UL);
        return new CelCost(fewest, most).Times(with).Plus(new CelCost(keptLeast, keptMost));
    }

    private static ulong Quotient(ulong size, ulong by) => CelCostFactors.Times(1, (double)size / by);

    private static CelCost Pattern(CelCost text, CelCost pattern) => Through(text.Plus(CelCost.One)).Times(pattern.Times(CelCostFactors.Pattern));

    private static Estimate Standard(string overload, CelOperand? target, CelOperand[] a)
    {
        switch (overload)
        {
            case "string_format" when target is not null:
                return new(Through(target.SizeOrScalar), null);
            case "string_to_bytes":
                return new(Through(a[0].SizeOrScalar), new CelCost(a[0].SizeOrScalar.Min, CelCostFactors.Times(a[0].SizeOrScalar.Max, 4UL)));
            case "bytes_to_string":
                return new(Through(a[0].SizeOrScalar), new CelCost(a[0].SizeOrScalar.Min / 4, a[0].SizeOrScalar.Max));
            case "strings_quote":
                var quoted = a[0].SizeOrScalar;
                return new(Through(quoted), new CelCost(quoted.Min, CelCostFactors.Times(quoted.Max, 2UL)).Plus(CelCost.Exactly(2)));
            case "starts_with_string" or "ends_with_string":
                return new(Through(a[0].SizeOrScalar), null);
            case "in_list":
                return new(a[1].SizeOrScalar, null);
            case "matches_string" when target is not null:
                return new(Pattern(target.SizeOrScalar, a[0].SizeOrScalar), null);
            case "matches":
                return new(Pattern(a[0].SizeOrScalar, a[1].SizeOrScalar), null);
            case "contains_string" when target is not null:
                return new(Through(target.SizeOrScalar).Times(Through(a[0].SizeOrScalar)), null);
            case "add_string" or "add_bytes" or "add_list":
                var size = a[0].SizeOrScalar.Plus(a[1].SizeOrScalar);
                return new(overload == "add_list" ? CelCost.One : Through(size), size);
            case "less_string" or "less_equals_string" or "greater_string" or "greater_equals_string":
            case "less_bytes" or "less_equals_bytes" or "greater_bytes" or "greater_equals_bytes":
            case "equals" or "not_equals":
                var smaller = Math.Min(a[0].SizeOrScalar.Max, a[1].SizeOrScalar.Max);
                return new(Through(new CelCost(smaller > 0 ? 1UL : 0, smaller)), null);
            default:
                return new(CelCost.One, null);
        }
    }
}
