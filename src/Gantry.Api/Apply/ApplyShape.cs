using Gantry.Api.Schemas;
using Gantry.Api.Trees;

namespace Gantry.Api.Apply;

/// <summary>What apply knows about a value: which parts of it can have owners of their own, and how they merge.</summary>
public abstract class ApplyShape
{
    private protected ApplyShape()
    {
    }

    /// <summary>A value of no described type: objects merge by member, everything else is one value.</summary>
    public static ApplyShape Deduced { get; } = new DeducedShape();

    /// <summary>A value of no described type that has one owner.</summary>
    public static ApplyShape Whole { get; } = new WholeShape();

    /// <summary>The shape of a described type; made once per type.</summary>
    public static MapShape Of(TypeSchema type) => type.ApplyShape;

    /// <summary>The shape a concrete value has: the shape itself unless it depends on the value.</summary>
    internal virtual ApplyShape For(Tree? value) => this;

    private sealed class DeducedShape : ApplyShape
    {
        private MapShape? _map;

        internal override ApplyShape For(Tree? value) => value switch
        {
            TreeMap => _map ??= new MapShape(atomic: false, _ => null, this),
            _ => Whole.For(value),
        };
    }

    private sealed class WholeShape : ApplyShape
    {
        private static readonly ScalarShape Leaf = new(ScalarKind.Untyped);

        private MapShape? _map;

        private ListShape? _list;

        internal override ApplyShape For(Tree? value) => value switch
        {
            TreeMap => _map ??= new MapShape(atomic: true, _ => null, this),
            TreeList => _list ??= new ListShape(this, ListMerging.Atomic, []),
            _ => Leaf,
        };
    }
}
