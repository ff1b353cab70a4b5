namespace Gantry.Api.Trees;

public sealed class TreeFloat(double value) : Tree
{
    public double Value { get; } = value;

    public override string KindName => "number";

    public override bool Equals(Tree? other) => other is TreeFloat real ? real.Value.Equals(Value) : other is TreeInteger integer && integer.Value == Value;

    public override int GetHashCode() => Value.GetHashCode();
}
