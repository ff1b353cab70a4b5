namespace Gantry.Api.Cel.Syntax;

/// <summary>Calls that are syntax: <c>has()</c>, the loops over lists and maps, and what looks into optional values.</summary>
/// <param name="twoVariables">Whether loops may have two variables.</param>
internal sealed class CelMacros(bool twoVariables)
{
    private const string SimpleName = "argument must be a simple name";
    private static readonly HashSet<int> NoneOptional = [];

    /// <summary>The node of <c>has(e.f)</c>, or null when the call is another.</summary>
    public static CelNode? Has(string name, List<CelNode> arguments, int at)
    {
        if (name != "has" || arguments.Count != 1)
        {
            return null;
        }
        return arguments[0] is CelNode.Select { TestOnly: false } select
            ? new CelNode.Select(at, select.Operand, select.Field, true)
            : throw new CelSyntaxException("invalid argument to has() macro", arguments[0].Position);
    }

    /// <summary>The loop that a method call stands for, or null when the call is a plain one.</summary>
    public CelNode? Expand(string name, CelNode target, List<CelNode> arguments, int at)
    {
        var result = Accumulated(at);
        switch (name, arguments.Count)
        {
            case ("all" or "exists" or "exists_one" or "filter", 2) or ("map", 2 or 3):
                return OneVariable(name, target, arguments, at);
            case ("optMap", 2):
                var mapped = Bound(target, arguments, at);
                return Call(at, CelOperators.Conditional, Method(at, target, "hasValue"), Call(at, "optional.of", mapped), Call(at, "optional.none"));
            case ("optFlatMap", 2):
                return Call(at, CelOperators.Conditional, Method(at, target, "hasValue"), Bound(target, arguments, at), Call(at, "optional.none"));
            case ("all" or "exists" or "exists_one" or "existsOne", 3) when twoVariables:
                return Quantified(name, target, Variable(arguments[0]), Second(arguments), arguments[2], at);
            case ("transformList", 3 or 4) when twoVariables:
                return Collected(target, Variable(arguments[0]), Second(arguments), arguments.Count == 4 ? arguments[2] : null, arguments[^1], at);
            case ("transformMap", 3 or 4) when twoVariables:
                return MapFold(target, arguments, Call(at, "cel.@mapInsert", result, new CelNode.Name(at, Variable(arguments[0])), arguments[^1]), at);
            case ("transformMapEntry", 3 or 4) when twoVariables:
                return MapFold(target, arguments, Call(at, "cel.@mapInsert", result, arguments[^1]), at);
            default:
                return null;
        }
    }

    private static CelNode OneVariable(string name, CelNode target, List<CelNode> arguments, int at)
    {
        var variable = Variable(arguments[0], name is "map" or "filter" ? "argument is not an identifier" : SimpleName);
        return name switch
        {
            "map" => Collected(target, variable, null, arguments.Count == 3 ? arguments[1] : null, arguments[^1], at),
            "filter" => Collected(target, variable, null, arguments[1], new CelNode.Name(at, variable), at),
            _ => Quantified(name, target, variable, null, arguments[1], at),
        };
    }

    private static CelNode Quantified(string name, CelNode range, string variable, string? second, CelNode predicate, int at)
    {
        var result = Accumulated(at);
        return name switch
        {
            "all" => Fold(Literal(at, CelValue.Of(true)), Call(at, CelOperators.NotStrictlyFalse, result), Call(at, CelOperators.And, Accumulated(at), predicate), Accumulated(at)),
            "exists" => Fold(
                Literal(at, CelValue.Of(false)), Call(at, CelOperators.NotStrictlyFalse, Call(at, CelOperators.Not, result)),
                Call(at, CelOperators.Or, Accumulated(at), predicate), Accumulated(at)),
            _ => Fold(
                Literal(at, CelValue.Of(0L)), Literal(at, CelValue.Of(true)),
                Call(at, CelOperators.Conditional, predicate, Call(at, CelOperators.Add, result, Literal(at, CelValue.Of(1L))), Accumulated(at)),
                Call(at, CelOperators.Equal, Accumulated(at), Literal(at, CelValue.Of(1L)))),
        };

        CelNode Fold(CelNode initial, CelNode condition, CelNode step, CelNode last) =>
            new CelNode.Fold(at, range, variable, second, CelNode.Fold.Hidden, initial, condition, step, last);
    }

    private static CelNode.Fold Collected(CelNode range, string variable, string? second, CelNode? filter, CelNode item, int at)
    {
        var step = Call(at, CelOperators.Add, Accumulated(at), new CelNode.List(at, [item], NoneOptional));
        return new CelNode.Fold(
            at, range, variable, second, CelNode.Fold.Hidden, new CelNode.List(at, [], NoneOptional), Literal(at, CelValue.Of(true)),
            filter is null ? step : Call(at, CelOperators.Conditional, filter, step, Accumulated(at)), Accumulated(at));
    }

    private static CelNode.Fold MapFold(CelNode range, List<CelNode> arguments, CelNode step, int at) => new(
        at, range, Variable(arguments[0]), Second(arguments), CelNode.Fold.Hidden, new CelNode.Map(at, []), Literal(at, CelValue.Of(true)),
        arguments.Count == 4 ? Call(at, CelOperators.Conditional, arguments[2], step, Accumulated(at)) : step, Accumulated(at));

    // A loop over nothing whose carried value is what the optional holds.
    private static CelNode.Fold Bound(CelNode target, List<CelNode> arguments, int at)
    {
        var variable = arguments[0] is CelNode.Name name ? name.Text
            : throw new CelSyntaxException("optMap() variable name must be a simple identifier", arguments[0].Position);
        return new(
            at, new CelNode.List(at, [], NoneOptional), "#unused", null, variable, Method(at, target, "value"), Literal(at, CelValue.Of(false)),
            new CelNode.Name(at, variable), arguments[1]);
    }

    private static string Variable(CelNode node, string otherwise = SimpleName) => node switch
    {
        CelNode.Name { Text: CelNode.Fold.Hidden } => throw new CelSyntaxException("iteration variable overwrites accumulator variable", node.Position),
        CelNode.Name name when !name.Text.StartsWith('.') => name.Text,
        _ => throw new CelSyntaxException(otherwise, node.Position),
    };

    private static string Second(List<CelNode> arguments)
    {
        var name = Variable(arguments[1]);
        return name != Variable(arguments[0]) ? name : throw new CelSyntaxException($"duplicate variable name: {name}", arguments[1].Position);
    }

    private static CelNode.Name Accumulated(int at) => new(at, CelNode.Fold.Hidden);

    private static CelNode.Literal Literal(int at, CelValue value) => new(at, value);

    private static CelNode.Call Call(int at, string function, params CelNode[] arguments) => new(at, function, null, arguments);

    private static CelNode.Call Method(int at, CelNode target, string function) => new(at, function, target, []);
}
