using Gantry.Api.Cel.Syntax;

namespace Gantry.Api.Cel.Costs;

/// <summary>
/// What an expression can cost at most, by the sizes that the types of its variables allow: the walk of cel-go's <c>checker/cost.go</c> as Kubernetes 1.32 has it,
/// down to what it leaves out, because whether a rule may be written depends on the figure.
/// </summary>
internal sealed class CelEstimator(CelEnvironment environment)
{
    private readonly Dictionary<CelNode, string[]> _paths = [];
    private readonly Dictionary<CelNode, CelCost> _sizes = [];
    private readonly Dictionary<string, List<CelNode>> _ranges = new(StringComparer.Ordinal);

    public CelCost Cost(CelNode node)
    {
        switch (node)
        {
            case CelNode.Name name:
                return Name(name);
            case CelNode.Select { Qualified: { } qualified }:
                _paths[node] = [qualified];
                return CelCost.One;
            case CelNode.Select select:
                return Select(select);
            case CelNode.Call call:
                return Call(call);
            case CelNode.List list:
                return list.Items.Aggregate(CelCost.Zero, (sum, item) => sum.Plus(Cost(item))).Plus(CelCost.Exactly(CelCostFactors.CreateList));
            case CelNode.Map map:
                return map.Entries.Aggregate(CelCost.Zero, (sum, e) => sum.Plus(Cost(e.Key)).Plus(Cost(e.Value))).Plus(CelCost.Exactly(CelCostFactors.CreateMap));
            case CelNode.Fold fold:
                return Fold(fold);
            default:
                return CelCost.Zero;
        }
    }

    private CelCost Name(CelNode.Name name)
    {
        if (_ranges.TryGetValue(name.Text, out var ranges) && ranges.Count > 0)
        {
            var range = ranges[^1];
            if (range.Type.Kind is CelTypeKind.List or CelTypeKind.Map)
            {
                _paths[name] = [.. PathOf(range), range.Type.Kind == CelTypeKind.List ? CelPath.Items : CelPath.Keys];
            }
        }
        else
        {
            _paths[name] = [name.Text.TrimStart('.')];
        }
        return CelCost.One;
    }

    private CelCost Select(CelNode.Select select)
    {
        var cost = Cost(select.Operand);
        if (select.TestOnly)
        {
            return cost;
        }
        _paths[select] = [.. PathOf(select.Operand), select.Field];
        return select.Operand.Type.Kind is CelTypeKind.Map or CelTypeKind.Struct or CelTypeKind.Parameter ? cost.Plus(CelCost.One) : cost;
    }

    private CelCost Call(CelNode.Call call)
    {
        var costs = call.Arguments.Select(Cost).ToArray();
        var arguments = call.Arguments.Select(Operand).ToArray();
        if (call.Overloads.Count == 0)
        {
            return CelCost.Zero;
        }
        var sum = call.Target is null ? CelCost.Zero : Cost(call.Target);
        CelOperand? target = call.Target is null ? null : Operand(call.Target);
        var cost = new CelCost(ulong.MaxValue, 0);
        CelCost? size = null;
        foreach (var overload in call.Overloads)
        {
            var estimate = CelCallEstimates.Of(call.Function, overload.Id, target, arguments, costs);
            cost = cost.Union(estimate.Cost);
            size = estimate.Size is { } made ? size?.Union(made) ?? made : size;
            if (overload.Id is "index_list" or "index_map")
            {
                _paths[call] = [.. PathOf(call.Arguments[0]), overload.Id == "index_list" ? CelPath.Items : CelPath.Values];
            }
        }
        if (size is { } known)
        {
            _sizes[call] = known;
        }
        return sum.Plus(cost);
    }

    private CelCost Fold(CelNode.Fold fold)
    {
        var sum = Cost(fold.Range).Plus(Cost(fold.Initial));
        if (!_ranges.TryGetValue(fold.Variable, out var ranges))
        {
            _ranges[fold.Variable] = ranges = [];
        }
        ranges.Add(fold.Range);
        var loop = Cost(fold.Condition);
        var step = Cost(fold.Step);
        ranges.RemoveAt(ranges.Count - 1);
        sum = sum.Plus(Cost(fold.Result));
        var count = Operand(fold.Range).SizeOrScalar;
        _sizes[fold] = count;
        return sum.Plus(count.Times(step.Plus(loop)));
    }

    private string[] PathOf(CelNode node) => _paths.GetValueOrDefault(node, []);

    private CelOperand Operand(CelNode node)
    {
        var path = PathOf(node);
        if (path.Length > 0 && path[0] == CelNode.Fold.Hidden)
        {
            path = [];
        }
        return new CelOperand(environment, node, node.Type, path, _sizes.TryGetValue(node, out var size) ? size : Constant(node));
    }

    private static CelCost? Constant(CelNode node) => node switch
    {
        CelNode.Literal { Value.Kind: CelKind.String or CelKind.Bytes } literal => CelCost.Exactly(CelCallCosts.Size(literal.Value)),
        CelNode.Literal { Value.Kind: CelKind.Bool or CelKind.Double or CelKind.Int or CelKind.Uint or CelKind.Null } => CelCost.One,
        CelNode.List list => CelCost.Exactly((ulong)list.Items.Count),
        CelNode.Map map => CelCost.Exactly((ulong)map.Entries.Count),
        _ => null,
    };
}
