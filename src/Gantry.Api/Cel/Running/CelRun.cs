using Gantry.Api.Cel.Checking;
using Gantry.Api.Cel.Syntax;

namespace Gantry.Api.Cel.Running;

/// <summary>
/// One evaluation. Errors are values until they reach the top, so that logical operators can absorb them. Costs are those of the reference implementation, which
/// counts a chain of fields as one step and one for each field, and nothing for a variable that is only an index or a branch.
/// </summary>
internal sealed class CelRun(ICelBindings bindings, CelMeter meter)
{
    private readonly List<(string Name, CelValue Value, CelNode? Lazy)> _scope = [];

    public CelValue Eval(CelNode node)
    {
        switch (node)
        {
            case CelNode.Literal literal:
                return literal.Value;
            case CelNode.Select { TestOnly: true } test:
                return Has(test);
            case CelNode.List list:
                return List(list);
            case CelNode.Map map:
                return Map(map);
            case CelNode.Fold fold:
                return Fold(fold);
            case CelNode.Call call when !IsAttribute(call):
                return Call(call);
            default:
                var value = Resolve(node);
                if (!IsConditional(Root(node)))
                {
                    meter.Spend(1);
                }
                return value;
        }
    }

    // A variable, and fields and items of what it or anything else holds.
    private static bool IsAttribute(CelNode node) => node switch
    {
        CelNode.Name => true,
        CelNode.Select select => !select.TestOnly,
        CelNode.Call call => call.Function is CelOperators.Index or CelOperators.OptionalIndex or CelOperators.OptionalSelect or CelOperators.Conditional,
        _ => false,
    };

    private static bool IsConditional(CelNode node) => node is CelNode.Call { Function: CelOperators.Conditional };

    private static CelNode Root(CelNode node) => node switch
    {
        CelNode.Select { TestOnly: false, Qualified: null } select => Root(select.Operand),
        CelNode.Call { Function: CelOperators.Index or CelOperators.OptionalIndex or CelOperators.OptionalSelect } call => Root(call.Arguments[0]),
        _ => node,
    };

    // As part of a chain: what is charged for the chain itself is not charged here.
    private CelValue Resolve(CelNode node)
    {
        switch (node)
        {
            case CelNode.Name name:
                return Variable(name.Text);
            case CelNode.Select { TestOnly: false, Qualified: { } qualified }:
                return Variable(qualified);
            case CelNode.Select { TestOnly: false } select:
                return Qualify(Resolve(select.Operand), CelValue.Of(select.Field), false);
            case CelNode.Call { Function: CelOperators.OptionalSelect } call:
                return Qualify(Resolve(call.Arguments[0]), ((CelNode.Literal)call.Arguments[1]).Value, true);
            case CelNode.Call { Function: CelOperators.Index or CelOperators.OptionalIndex } call:
                var operand = Resolve(call.Arguments[0]);
                var key = IsAttribute(call.Arguments[1]) ? Resolve(call.Arguments[1]) : Eval(call.Arguments[1]);
                return Qualify(operand, key, call.Function == CelOperators.OptionalIndex);
            case CelNode.Call { Function: CelOperators.Conditional } call:
                var condition = Eval(call.Arguments[0]);
                if (condition.Kind != CelKind.Bool)
                {
                    return condition.IsError ? condition : CelValue.Error(CelArithmetic.NoOverload);
                }
                var branch = call.Arguments[condition.Bool ? 1 : 2];
                return IsAttribute(branch) ? Resolve(branch) : Eval(branch);
            default:
                return Eval(node);
        }
    }

    private CelValue Variable(string name)
    {
        var at = name.StartsWith('.') ? -1 : _scope.FindLastIndex(s => s.Name == name);
        if (at < 0)
        {
            name = name.TrimStart('.');
            return bindings.TryFind(name, out var bound) ? bound
                : CelEnvironment.Everything.FindType(name) is { } type ? CelValue.Type(type.Parameters[0].Name) : CelValue.Error($"no such attribute(s): {name}");
        }
        if (_scope[at].Lazy is { } lazy)
        {
            // What a loop begins with is computed when it is first needed, and sees only what is outside the loop.
            var inside = _scope.GetRange(at, _scope.Count - at);
            _scope.RemoveRange(at, inside.Count);
            inside[0] = (name, Eval(lazy), null);
            _scope.AddRange(inside);
        }
        return _scope[at].Value;
    }

    private CelValue Qualify(CelValue operand, CelValue key, bool optional)
    {
        if (operand.IsError || key.IsError)
        {
            return operand.IsError ? operand : key;
        }
        meter.Spend(1);
        if (operand.Kind == CelKind.Optional)
        {
            var inner = operand.HasValue ? Look(operand.Held, key, true) : CelValue.None;
            return inner.IsError || inner.Kind == CelKind.Optional ? inner : CelValue.Optional(inner);
        }
        var found = Look(operand, key, optional);
        return optional && found.Kind is not (CelKind.Error or CelKind.Optional) ? CelValue.Optional(found) : found;
    }

    // The field or item; of an optional look that finds nothing, none.
    private static CelValue Look(CelValue operand, CelValue key, bool optional)
    {
        switch (operand.Kind)
        {
            case CelKind.Map:
                return operand.TryFind(key, out var value) || (Whole(key) is { } whole && operand.TryFind(whole, out value)) ? value
                    : optional ? CelValue.None : CelValue.Error($"no such key: {Shown(key)}");
            case CelKind.Object when key.Kind == CelKind.String:
                return operand.Object!.TryField(key.Text, out var field) ? field : optional ? CelValue.None : CelValue.Error($"no such key: {key.Text}");
            case CelKind.List:
                if ((key.Kind == CelKind.Int ? key : Whole(key)) is not { } index)
                {
                    return CelValue.Error(key.Kind == CelKind.Double ? $"unsupported index value in list: {Shown(key)}" : CelArithmetic.NoOverload);
                }
                return index.Int >= 0 && index.Int < operand.Count ? operand.ItemAt((int)index.Int)
                    : optional ? CelValue.None : CelValue.Error($"index out of bounds: {index.Int}");
            default:
                return CelValue.Error(CelArithmetic.NoOverload);
        }
    }

    private static CelValue? Whole(CelValue key) => key.Kind switch
    {
        CelKind.Uint when key.Uint <= long.MaxValue => CelValue.Of((long)key.Uint),
        CelKind.Double when key.Double is > -9e18 and < 9e18 && Math.Floor(key.Double).Equals(key.Double) => CelValue.Of((long)key.Double),
        _ => null,
    };

    private static string Shown(CelValue key) => key.Kind == CelKind.String ? key.Text : key.ToString();

    private CelValue Has(CelNode.Select test)
    {
        var operand = Resolve(test.Operand);
        if (operand.IsError)
        {
            return operand;
        }
        meter.Spend(1);
        if (operand.Kind == CelKind.Optional)
        {
            operand = operand.Held;
        }
        return operand.Kind switch
        {
            CelKind.Map => CelValue.Of(operand.TryFind(CelValue.Of(test.Field), out _)),
            CelKind.Object => operand.Object!.TryField(test.Field, out var value) ? value.IsError ? value : CelValue.Of(true) : CelValue.Of(false),
            CelKind.Null when test.Operand.Type.IsOptional => CelValue.Of(false),
            _ => CelValue.Error(CelArithmetic.NoOverload),
        };
    }

    private CelValue List(CelNode.List node)
    {
        var items = new List<CelValue>(node.Items.Count);
        for (var i = 0; i < node.Items.Count; i++)
        {
            var item = Eval(node.Items[i]);
            if (item.IsError)
            {
                return item;
            }
            if (node.Optional.Contains(i) && item.Kind == CelKind.Optional)
            {
                if (!item.HasValue)
                {
                    continue;
                }
                item = item.Held;
            }
            items.Add(item);
        }
        meter.Spend(Costs.CelCostFactors.CreateList);
        return CelValue.Of(items.ToArray());
    }

    private CelValue Map(CelNode.Map node)
    {
        var entries = new CelEntries();
        foreach (var (keyNode, valueNode, optional) in node.Entries)
        {
            var key = Eval(keyNode);
            var value = key.IsError ? key : Eval(valueNode);
            if (value.IsError)
            {
                return value;
            }
            if (optional && value.Kind == CelKind.Optional)
            {
                if (!value.HasValue)
                {
                    continue;
                }
                value = value.Held;
            }
            if (key.Kind is not (CelKind.String or CelKind.Bool or CelKind.Int or CelKind.Uint))
            {
                return CelValue.Error($"unsupported key type: {CelTypes.NameOf(key)}");
            }
            if (!entries.Add(key, value))
            {
                return CelValue.Error($"Failed with repeated key: {key}");
            }
        }
        meter.Spend(Costs.CelCostFactors.CreateMap);
        return CelValue.Of(entries);
    }

    private CelValue Fold(CelNode.Fold node)
    {
        var range = Eval(node.Range);
        if (range.IsError || range.Kind is not (CelKind.List or CelKind.Map))
        {
            return range.IsError ? range : CelValue.Error($"got '{CelTypes.NameOf(range)}', expected iterable type");
        }
        var outside = _scope.Count;
        _scope.Add((node.Accumulator, default, node.Initial));
        var count = range.Count;
        for (var i = 0; i < count; i++)
        {
            if (node.Second is null)
            {
                _scope.Add((node.Variable, range.Kind == CelKind.Map ? range.KeyAt(i) : range.ItemAt(i), null));
            }
            else
            {
                _scope.Add((node.Variable, range.Kind == CelKind.Map ? range.KeyAt(i) : CelValue.Of((long)i), null));
                _scope.Add((node.Second, range.Kind == CelKind.Map ? range.ValueAt(i) : range.ItemAt(i), null));
            }
            var condition = Eval(node.Condition);
            var goOn = condition.Kind != CelKind.Bool || condition.Bool;
            var next = goOn ? Eval(node.Step) : default;
            _scope.RemoveRange(outside + 1, _scope.Count - outside - 1);
            if (!goOn)
            {
                break;
            }
            _scope[outside] = (node.Accumulator, next, null);
        }
        var result = Eval(node.Result);
        _scope.RemoveAt(outside);
        return result;
    }

    private CelValue Call(CelNode.Call call)
    {
        switch (call.Function)
        {
            case CelOperators.And or CelOperators.Or:
                return Logical(call, call.Function == CelOperators.Or);
            case CelOperators.NotStrictlyFalse:
                var tested = Eval(call.Arguments[0]);
                meter.Spend(1);
                return tested.Kind == CelKind.Bool ? tested : CelValue.Of(true);
            case CelOperators.In when call.Arguments[1] is CelNode.Literal { Value: { Kind: CelKind.List } constant }:
                return Member(call.Arguments[0], constant);
            case "or" or "orValue" when call.Target is not null && call.Overloads[0].Id.StartsWith("optional", StringComparison.Ordinal):
                var optional = Eval(call.Target);
                return optional.IsError ? optional : optional.Kind != CelKind.Optional ? CelValue.Error(CelArithmetic.NoOverload)
                    : !optional.HasValue ? Eval(call.Arguments[0]) : call.Function == "or" ? optional : optional.Held;
        }
        var arguments = new CelValue[call.Arguments.Count + (call.Target is null ? 0 : 1)];
        var fault = -1;
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = Eval(call.Target is null ? call.Arguments[i] : i == 0 ? call.Target : call.Arguments[i - 1]);
            fault = fault < 0 && arguments[i].IsError ? i : fault;
        }
        if (fault < 0 && LooksThrough(call.Function))
        {
            meter.LookThrough(arguments);
        }
        // What is dear is paid before it is done; only of joined texts the size is known afterwards.
        var overload = call.Overloads.Count == 1 ? call.Overloads[0].Id : "";
        var joins = call.Function == "join";
        if (!joins)
        {
            meter.SpendOnCall(call.Function, overload, arguments, default);
        }
        var result = fault >= 0 ? arguments[fault] : CelOperations.Apply(call, arguments);
        if (joins)
        {
            meter.SpendOnCall(call.Function, overload, arguments, result);
        }
        return result;
    }

    private static bool LooksThrough(string function) => function is CelOperators.Equal or CelOperators.Unequal or CelOperators.In or "indexOf" or "lastIndexOf" or "format" or "join"
        or "sum" or "min" or "max" or "isSorted" or "sets.contains" or "sets.equivalent" or "sets.intersects";

    // In a constant list everything is found at once.
    private CelValue Member(CelNode node, CelValue constant)
    {
        if (constant.Count == 0)
        {
            return CelValue.Of(false);
        }
        var value = Eval(node);
        return value.IsError ? value : CelOperations.In(value, constant);
    }

    private CelValue Logical(CelNode.Call node, bool decides)
    {
        var left = Eval(node.Arguments[0]);
        if (left.Kind == CelKind.Bool && left.Bool == decides)
        {
            return left;
        }
        var right = Eval(node.Arguments[1]);
        if (right.Kind == CelKind.Bool && right.Bool == decides)
        {
            return right;
        }
        if (left.Kind == CelKind.Bool && right.Kind == CelKind.Bool)
        {
            return right;
        }
        return left.IsError ? left : right.IsError ? right : CelValue.Error(CelArithmetic.NoOverload);
    }
}
