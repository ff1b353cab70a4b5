namespace Gantry.Api.Trees;

public sealed class TreeNull : Tree
{
    private TreeNull()
    {
    }

    public static TreeNull Instance { get; } = new();

    public override string KindName => "null";

    public override bool Equals(Tree? other) => other is TreeNull;

    public override int GetHashCode() => 0;
}
