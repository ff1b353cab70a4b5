namespace Gantry.Api.Cel;

/// <summary>One evaluation. Errors are values until they reach the top, so that logical operators can absorb them.</summary>
internal sealed class CelRun(IReadOnlyDictionary<string, CelValue> variables, CelMeter meter)
{
    private readonly List<(string Name, CelValue Value)> _scope = [];

    public CelValue Eval(CelNode node)
    {
        if (!meter.Spend(1))
        {
            return CelValue.Error("budget exceeded", node.Position);
        }
        return node switch
        {
            CelNode.Literal literal => literal.Value,
            CelNode.Name name => Name(name),
            CelNode.Select select => Select(select),
            CelNode.Index index => Index(index),
            CelNode.Unary unary => Unary(unary),
            CelNode.Binary { Operator: "&&" or "||" } logical => Logical(logical),
            CelNode.Binary binary => Binary(binary),
            CelNode.Conditional choice => Choice(choice),
            CelNode.List list => List(list),
            CelNode.Comprehension loop => Loop(loop),
            CelNode.Call call => Call(call),
            CelNode.Map map => Map(map),
            _ => CelValue.Error("unsupported expression", node.Position),
        };
    }

    private CelValue Name(CelNode.Name name)
    {
        var at = name.Global ? -1 : _scope.FindLastIndex(s => s.Name == name.Text);
        return at >= 0 ? _scope[at].Value : variables.TryGetValue(name.Text, out var value) ? value
            : CelValue.Error($"undeclared reference to '{name.Text}'", name.Position);
    }

    private CelValue Select(CelNode.Select select)
    {
        var operand = Eval(select.Operand);
        if (operand.IsError)
        {
            return operand;
        }
        if (operand.Kind != CelKind.Map)
        {
            return CelValue.Error(CelArithmetic.NoOverload, select.Position);
        }
        var found = operand.TryFind(CelValue.Of(select.Field), out var value)
            || (select.Unescaped is { } meant && operand.TryFind(CelValue.Of(meant), out value));
        return select.TestOnly ? CelValue.Of(found) : found ? value : CelValue.Error($"no such key: {select.Field}", select.Position);
    }

    private CelValue Index(CelNode.Index index)
    {
        var operand = Eval(index.Operand);
        var key = operand.IsError ? operand : Eval(index.Key);
        if (key.IsError)
        {
            return key;
        }
        if (operand.Kind == CelKind.Map)
        {
            return operand.TryFind(key, out var value) ? value : CelValue.Error($"no such key: {key}", index.Position);
        }
        if (operand.Kind != CelKind.List || key.Kind != CelKind.Int)
        {
            return CelValue.Error(CelArithmetic.NoOverload, index.Position);
        }
        return key.Int >= 0 && key.Int < operand.Count ? operand.ItemAt((int)key.Int) : CelValue.Error($"index out of bounds: {key.Int}", index.Position);
    }

    private CelValue Unary(CelNode.Unary unary)
    {
        var value = Eval(unary.Operand);
        return value.IsError ? value : unary.Operator == "-" ? CelArithmetic.Negate(value, unary.Position)
            : value.Kind == CelKind.Bool ? CelValue.Of(!value.Bool) : CelValue.Error(CelArithmetic.NoOverload, unary.Position);
    }

    private CelValue Logical(CelNode.Binary node)
    {
        var decides = node.Operator == "||";
        var left = Eval(node.Left);
        if (left.Kind == CelKind.Bool && left.Bool == decides)
        {
            return left;
        }
        var right = Eval(node.Right);
        if (right.Kind == CelKind.Bool && (right.Bool == decides || left.Kind == CelKind.Bool))
        {
            return right.Bool == decides ? right : left;
        }
        return left.IsError ? left : right.IsError ? right : CelValue.Error(CelArithmetic.NoOverload, node.Position);
    }

    private CelValue Binary(CelNode.Binary node)
    {
        var left = Eval(node.Left);
        var right = left.IsError ? left : Eval(node.Right);
        if (right.IsError || !meter.SpendOnValue(left) || !meter.SpendOnValue(right))
        {
            return right.IsError ? right : CelValue.Error("budget exceeded", node.Position);
        }
        switch (node.Operator)
        {
            case "==":
                return CelValue.Of(left == right);
            case "!=":
                return CelValue.Of(left != right);
            case "in" when right.Kind == CelKind.Map:
                return CelValue.Of(right.TryFind(left, out _));
            case "in" when right.Kind == CelKind.List:
                return CelValue.Of(Enumerable.Range(0, right.Count).Any(i => right.ItemAt(i) == left));
            case "<" or "<=" or ">" or ">=":
                return CelEquality.Order(left, right) is not { } order ? CelValue.Error(CelArithmetic.NoOverload, node.Position)
                    : CelValue.Of(node.Operator switch { "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order >= 0 });
            default:
                return CelArithmetic.Apply(node.Operator, left, right, node.Position);
        }
    }

    private CelValue Choice(CelNode.Conditional node)
    {
        var condition = Eval(node.Condition);
        return condition.IsError ? condition : condition.Kind != CelKind.Bool ? CelValue.Error(CelArithmetic.NoOverload, node.Position)
            : Eval(condition.Bool ? node.Then : node.Else);
    }

    private CelValue List(CelNode.List node)
    {
        var items = new CelValue[node.Items.Count];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = Eval(node.Items[i]);
            if (items[i].IsError)
            {
                return items[i];
            }
        }
        return CelValue.Of(items);
    }

    private CelValue Map(CelNode.Map node)
    {
        var entries = new CelEntries();
        foreach (var (keyNode, valueNode) in node.Entries)
        {
            var key = Eval(keyNode);
            var value = key.IsError ? key : Eval(valueNode);
            if (value.IsError || !entries.Add(key, value))
            {
                return value.IsError ? value : CelValue.Error($"duplicate key: {key}", keyNode.Position);
            }
        }
        return CelValue.Of(entries);
    }

    private CelValue Loop(CelNode.Comprehension node)
    {
        var range = Eval(node.Range);
        if (range.IsError || range.Kind is not (CelKind.List or CelKind.Map))
        {
            return range.IsError ? range : CelValue.Error(CelArithmetic.NoOverload, node.Position);
        }
        var kept = new List<CelValue>();
        CelValue? fault = null;
        var hits = 0;
        for (var i = 0; i < range.Count && !meter.Exhausted; i++)
        {
            var item = range.Kind == CelKind.Map ? range.KeyAt(i) : range.ItemAt(i);
            _scope.Add((node.Variable, item));
            var test = node.Predicate is null ? CelValue.Of(true) : Eval(node.Predicate);
            var result = node.Transform is not null && test.Kind == CelKind.Bool && test.Bool ? Eval(node.Transform) : item;
            _scope.RemoveAt(_scope.Count - 1);
            if (test.Kind != CelKind.Bool || result.IsError)
            {
                fault ??= test.IsError ? test : result.IsError ? result : CelValue.Error(CelArithmetic.NoOverload, node.Position);
                if (node.Macro is "all" or "exists")
                {
                    continue;
                }
                return fault.Value;
            }
            if (node.Macro is "all" or "exists" && test.Bool == (node.Macro == "exists"))
            {
                return test;
            }
            hits += test.Bool ? 1 : 0;
            if (test.Bool)
            {
                kept.Add(result);
            }
        }
        return fault ?? node.Macro switch
        {
            "all" => CelValue.Of(true),
            "exists" => CelValue.Of(false),
            "exists_one" => CelValue.Of(hits == 1),
            _ => CelValue.Of(kept.ToArray()),
        };
    }

    private CelValue Call(CelNode.Call call)
    {
        var values = new List<CelValue>();
        foreach (var part in call.Target is null ? call.Arguments : [call.Target, .. call.Arguments])
        {
            var value = Eval(part);
            if (value.IsError || !meter.SpendOnValue(value))
            {
                return value;
            }
            values.Add(value);
        }
        return CelFunctions.Apply(call, values) ?? CelValue.Error($"no such overload: {call.Function}", call.Position);
    }
}
