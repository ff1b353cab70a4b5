namespace Gantry.Api.Trees;

/// <summary>A number that was written without fraction and exponent and fits 64 bits.</summary>
public sealed class TreeInteger : Tree
{
    private const int Cached = 1024;

    private static readonly TreeInteger[] Small = [.. Enumerable.Range(-1, Cached).Select(i => new TreeInteger(i))];

    private TreeInteger(long value) => Value = value;

    public static TreeInteger Zero => Small[1];

    public long Value { get; }

    public override string KindName => "number";

    public static TreeInteger Of(long value) => value is >= -1 and < Cached - 1 ? Small[value + 1] : new TreeInteger(value);

    public override bool Equals(Tree? other) => other is TreeInteger integer ? integer.Value == Value : other is TreeFloat real && real.Value == Value;

    public override int GetHashCode() => ((double)Value).GetHashCode();
}
