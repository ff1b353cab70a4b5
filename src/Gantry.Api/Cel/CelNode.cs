namespace Gantry.Api.Cel;

/// <summary>A part of a program's syntax tree. Immutable.</summary>
/// <param name="Position">Where it stands in the text; errors name it.</param>
internal abstract record CelNode(int Position)
{
    /// <summary>How many nodes lie on the longest way down; the parser bounds it, so that recursion over the tree is safe.</summary>
    public int Depth { get; protected init; } = 1;

    public sealed record Literal(int Position, CelValue Value) : CelNode(Position);

    /// <param name="Global">Written with a leading dot: a comprehension's variable of that name does not hide it.</param>
    public sealed record Name(int Position, string Text, bool Global) : CelNode(Position);

    /// <param name="Unescaped">The property that an escaped name (<c>__dot__</c> and so on) stands for, or null.</param>
    /// <param name="TestOnly">Of <c>has()</c>: whether the field is there.</param>
    public sealed record Select(int Position, CelNode Operand, string Field, string? Unescaped, bool TestOnly) : CelNode(Position);

    public sealed record Index(int Position, CelNode Operand, CelNode Key) : CelNode(Position);

    /// <summary>A function, or, with a target, a method.</summary>
    public sealed record Call(int Position, string Function, CelNode? Target, IReadOnlyList<CelNode> Arguments) : CelNode(Position);

    public sealed record Unary(int Position, string Operator, CelNode Operand) : CelNode(Position);

    public sealed record Binary(int Position, string Operator, CelNode Left, CelNode Right) : CelNode(Position);

    public sealed record Conditional(int Position, CelNode Condition, CelNode Then, CelNode Else) : CelNode(Position);

    public sealed record List(int Position, IReadOnlyList<CelNode> Items) : CelNode(Position);

    public sealed record Map(int Position, IReadOnlyList<(CelNode Key, CelNode Value)> Entries) : CelNode(Position);

    /// <summary>A macro over the items of a list or the keys of a map.</summary>
    /// <param name="Macro">all, exists, exists_one, map or filter.</param>
    /// <param name="Predicate">Null for a map of everything.</param>
    /// <param name="Transform">Of map only.</param>
    public sealed record Comprehension(int Position, string Macro, CelNode Range, string Variable, CelNode? Predicate, CelNode? Transform) : CelNode(Position);

    /// <summary>The same node, knowing its depth.</summary>
    public CelNode Measured()
    {
        var deepest = this switch
        {
            Select select => select.Operand.Depth,
            Index index => Math.Max(index.Operand.Depth, index.Key.Depth),
            Call call => Math.Max(call.Target?.Depth ?? 0, Deepest(call.Arguments)),
            Unary unary => unary.Operand.Depth,
            Binary binary => Math.Max(binary.Left.Depth, binary.Right.Depth),
            Conditional choice => Math.Max(choice.Condition.Depth, Math.Max(choice.Then.Depth, choice.Else.Depth)),
            List list => Deepest(list.Items),
            Map map => map.Entries.Count == 0 ? 0 : map.Entries.Max(e => Math.Max(e.Key.Depth, e.Value.Depth)),
            Comprehension loop => Math.Max(loop.Range.Depth, Math.Max(loop.Predicate?.Depth ?? 0, loop.Transform?.Depth ?? 0)),
            _ => 0,
        };
        return deepest == 0 ? this : this with { Depth = deepest + 1 };
    }

    private static int Deepest(IReadOnlyList<CelNode> nodes) => nodes.Count == 0 ? 0 : nodes.Max(n => n.Depth);
}
