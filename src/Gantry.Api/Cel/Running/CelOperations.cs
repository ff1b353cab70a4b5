using Gantry.Api.Cel.Checking;
using Gantry.Api.Cel.Syntax;

namespace Gantry.Api.Cel.Running;

/// <summary>Operators and functions on values that are no errors.</summary>
internal static class CelOperations
{
    public static CelValue Apply(CelNode.Call call, CelValue[] arguments)
    {
        switch (call.Function)
        {
            case CelOperators.Equal:
                return CelValue.Of(arguments[0] == arguments[1]);
            case CelOperators.Unequal:
                return CelValue.Of(arguments[0] != arguments[1]);
            case CelOperators.Not:
                return arguments[0].Kind == CelKind.Bool ? CelValue.Of(!arguments[0].Bool) : NoOverload(call.Function, arguments);
            case CelOperators.Negate:
                return CelArithmetic.Negate(arguments[0]) is { IsError: true } negated && negated.Fault.Message == CelArithmetic.NoOverload
                    ? NoOverload(call.Function, arguments) : CelArithmetic.Negate(arguments[0]);
            case CelOperators.In:
                return arguments[1].Kind switch
                {
                    CelKind.Map => CelValue.Of(arguments[1].TryFind(arguments[0], out _)),
                    CelKind.List => In(arguments[0], arguments[1]),
                    _ => NoOverload(call.Function, arguments),
                };
            case CelOperators.Less or CelOperators.LessOrEqual or CelOperators.Greater or CelOperators.GreaterOrEqual:
                return Order(call.Function, arguments);
            case CelOperators.Add or CelOperators.Subtract or CelOperators.Multiply or CelOperators.Divide or CelOperators.Modulo:
                return Arithmetic(call.Function, arguments);
        }
        foreach (var overload in call.Overloads)
        {
            if (overload.Takes(arguments))
            {
                return overload.Run!(arguments);
            }
        }
        return NoOverload(call.Function, arguments);
    }

    public static CelValue In(CelValue value, CelValue list)
    {
        CelValue? fault = null;
        for (var i = 0; i < list.Count; i++)
        {
            var item = list.ItemAt(i);
            if (item.IsError)
            {
                fault ??= item;
            }
            else if (item == value)
            {
                return CelValue.Of(true);
            }
        }
        return fault ?? CelValue.Of(false);
    }

    private static CelValue Order(string function, CelValue[] arguments)
    {
        var (left, right) = (arguments[0], arguments[1]);
        if (CelEquality.IsNumber(left) && CelEquality.IsNumber(right) && IsNaN(left) | IsNaN(right))
        {
            return CelValue.Error("NaN values cannot be ordered");
        }
        if (CelEquality.Order(left, right) is not { } order)
        {
            return CelEquality.HasOrder(left) ? CelValue.Error(CelArithmetic.NoOverload) : NoOverload(function, arguments);
        }
        return CelValue.Of(function switch
        {
            CelOperators.Less => order < 0,
            CelOperators.LessOrEqual => order <= 0,
            CelOperators.Greater => order > 0,
            _ => order >= 0,
        });
    }

    private static bool IsNaN(CelValue value) => value.Kind == CelKind.Double && double.IsNaN(value.Double);

    private static CelValue Arithmetic(string function, CelValue[] arguments)
    {
        var sign = function[1..^1];
        var result = CelArithmetic.Apply(sign, arguments[0], arguments[1]);
        var knows = arguments[0].Kind switch
        {
            CelKind.Int or CelKind.Uint => true,
            CelKind.Double => sign != "%",
            CelKind.Duration or CelKind.Timestamp => sign is "+" or "-",
            CelKind.String or CelKind.Bytes or CelKind.List => sign == "+",
            _ => false,
        };
        return knows ? result : NoOverload(function, arguments);
    }

    private static CelValue NoOverload(string function, CelValue[] arguments) =>
        CelValue.Error($"no such overload: {function}({string.Join(", ", arguments.Select(CelTypes.NameOf))})");
}
