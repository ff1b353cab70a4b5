namespace Gantry.Api.Trees;

public sealed class TreeBool : Tree
{
    private TreeBool(bool value) => Value = value;

    public static TreeBool True { get; } = new(true);

    public static TreeBool False { get; } = new(false);

    public bool Value { get; }

    public override string KindName => "bool";

    public static TreeBool Of(bool value) => value ? True : False;

    public override bool Equals(Tree? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Value ? 1 : 2;
}
