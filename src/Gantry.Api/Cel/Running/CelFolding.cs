using Gantry.Api.Cel.Checking;
using Gantry.Api.Cel.Syntax;

namespace Gantry.Api.Cel.Running;

/// <summary>Computes once what is the same in every evaluation: literals of constants, and conversions of them. What is computed costs nothing later.</summary>
internal static class CelFolding
{
    private static readonly HashSet<string> Conversions = ["bool", "bytes", "double", "duration", "dyn", "int", "string", "timestamp", "type", "uint"];

    /// <exception cref="CelFoldingException">A constant cannot be converted.</exception>
    public static CelNode Fold(CelNode node)
    {
        var folded = Parts(node);
        folded.Type = node.Type;
        return folded;
    }

    private static CelNode Parts(CelNode node)
    {
        switch (node)
        {
            case CelNode.Select { Qualified: null } select:
                return new CelNode.Select(select.Position, Fold(select.Operand), select.Field, select.TestOnly);
            case CelNode.List list:
                var items = list.Items.Select(Fold).ToArray();
                return list.Optional.Count == 0 && Array.TrueForAll(items, i => i is CelNode.Literal)
                    ? new CelNode.Literal(list.Position, CelValue.Of(Array.ConvertAll(items, i => ((CelNode.Literal)i).Value))) : new CelNode.List(list.Position, items, list.Optional);
            case CelNode.Map map:
                return Map(new CelNode.Map(map.Position, [.. map.Entries.Select(e => new CelNode.Entry(Fold(e.Key), Fold(e.Value), e.Optional))]));
            case CelNode.Fold fold:
                return new CelNode.Fold(
                    fold.Position, Fold(fold.Range), fold.Variable, fold.Second, fold.Accumulator, Fold(fold.Initial), Fold(fold.Condition), Fold(fold.Step), Fold(fold.Result));
            case CelNode.Call call:
                return Call(new CelNode.Call(call.Position, call.Function, call.Target is null ? null : Fold(call.Target), [.. call.Arguments.Select(Fold)]) { Overloads = call.Overloads });
            default:
                return node;
        }
    }

    private static CelNode Map(CelNode.Map map)
    {
        if (map.Entries.Any(e => e.Optional || e.Key is not CelNode.Literal { Value.Kind: CelKind.String or CelKind.Bool or CelKind.Int or CelKind.Uint } || e.Value is not CelNode.Literal))
        {
            return map;
        }
        var entries = new CelEntries();
        return map.Entries.All(e => entries.Add(((CelNode.Literal)e.Key).Value, ((CelNode.Literal)e.Value).Value)) ? new CelNode.Literal(map.Position, CelValue.Of(entries)) : map;
    }

    private static CelNode Call(CelNode.Call call)
    {
        if (call.Target is null && call.Arguments is [CelNode.Literal constant] && Conversions.Contains(call.Function))
        {
            var value = CelOperations.Apply(call, [constant.Value]);
            return value.IsError ? throw new CelFoldingException(value.Fault.Message) : new CelNode.Literal(call.Position, value);
        }
        var pattern = call.Function is "matches" or "find" or "findAll" ? (call.Target is null ? call.Arguments[1] : call.Arguments[0]) : null;
        if (pattern is CelNode.Literal { Value.Kind: CelKind.String } text && CelPattern.Problem(text.Value.Text) is { } problem)
        {
            throw new CelFoldingException(problem);
        }
        return call;
    }
}
