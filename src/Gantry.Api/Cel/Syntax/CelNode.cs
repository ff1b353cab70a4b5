namespace Gantry.Api.Cel.Syntax;

/// <summary>A part of an expression's syntax tree. The checker writes types and overloads into it once; afterwards it does not change.</summary>
internal abstract class CelNode(int position, int depth)
{
    /// <summary>Where it stands in the text, in UTF-16 units; errors name it.</summary>
    public int Position { get; } = position;

    /// <summary>How many nodes lie on the longest way down; the parser bounds it, so that recursion over the tree is safe.</summary>
    public int Depth { get; } = depth;

    public CelType Type { get; set; } = CelType.Error;

    public sealed class Literal(int position, CelValue value) : CelNode(position, 1)
    {
        public CelValue Value { get; } = value;
    }

    public sealed class Name(int position, string text) : CelNode(position, 1)
    {
        public string Text { get; } = text;
    }

    /// <summary>A field of a value, or, of <c>has()</c>, whether the field is there.</summary>
    public sealed class Select(int position, CelNode operand, string field, bool testOnly) : CelNode(position, operand.Depth + 1)
    {
        public CelNode Operand { get; } = operand;

        public string Field { get; } = field;

        public bool TestOnly { get; } = testOnly;

        /// <summary>The declared name that the whole chain of names stands for, or null.</summary>
        public string? Qualified { get; set; }
    }

    /// <summary>A function, an operator (named as <c>_+_</c>), or, with a target, a method.</summary>
    public sealed class Call(int position, string function, CelNode? target, IReadOnlyList<CelNode> arguments)
        : CelNode(position, Math.Max(target?.Depth ?? 0, Deepest(arguments)) + 1)
    {
        /// <summary>Its name; the checker puts the full one here when the target was part of it.</summary>
        public string Function { get; set; } = function;

        public CelNode? Target { get; set; } = target;

        public IReadOnlyList<CelNode> Arguments { get; } = arguments;

        /// <summary>What it may call, by the types known when checked.</summary>
        public IReadOnlyList<CelOverload> Overloads { get; set; } = [];

        /// <summary>A pattern or the like that was prepared once.</summary>
        public object? Prepared { get; set; }
    }

    /// <param name="position">Where it stands.</param>
    /// <param name="items">The items.</param>
    /// <param name="optional">The places of items that are left out when they have no value.</param>
    public sealed class List(int position, IReadOnlyList<CelNode> items, IReadOnlySet<int> optional) : CelNode(position, Deepest(items) + 1)
    {
        public IReadOnlyList<CelNode> Items { get; } = items;

        public IReadOnlySet<int> Optional { get; } = optional;
    }

    public sealed record Entry(CelNode Key, CelNode Value, bool Optional);

    public sealed class Map(int position, IReadOnlyList<Entry> entries)
        : CelNode(position, entries.Aggregate(0, (d, e) => Math.Max(d, Math.Max(e.Key.Depth, e.Value.Depth))) + 1)
    {
        public IReadOnlyList<Entry> Entries { get; } = entries;
    }

    /// <summary>An object of a named type; there are none that expressions could make.</summary>
    public sealed class Message(int position, string name) : CelNode(position, 1)
    {
        public string TypeName { get; } = name;
    }

    /// <summary>What a loop macro stands for: one step after the other over a list or a map, with a value that is carried along.</summary>
    public sealed class Fold(int position, CelNode range, string variable, string? second, string accumulator, CelNode initial, CelNode condition, CelNode step, CelNode result)
        : CelNode(position, Math.Max(Math.Max(Math.Max(range.Depth, step.Depth), initial.Depth), Math.Max(condition.Depth, result.Depth)) + 1)
    {
        /// <summary>The name of the value that is carried along, wherever an author cannot name it.</summary>
        public const string Hidden = "__result__";

        public CelNode Range { get; } = range;

        public string Variable { get; } = variable;

        /// <summary>Of macros with two variables the second; the first is then an index or a key.</summary>
        public string? Second { get; } = second;

        public string Accumulator { get; } = accumulator;

        public CelNode Initial { get; } = initial;

        public CelNode Condition { get; } = condition;

        public CelNode Step { get; } = step;

        public CelNode Result { get; } = result;
    }

    private static int Deepest(IReadOnlyList<CelNode> nodes)
    {
        var deepest = 0;
        foreach (var node in nodes)
        {
            deepest = Math.Max(deepest, node.Depth);
        }
        return deepest;
    }
}
