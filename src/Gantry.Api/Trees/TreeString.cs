namespace Gantry.Api.Trees;

public sealed class TreeString(string value) : Tree
{
    public static TreeString Empty { get; } = new("");

    public string Value { get; } = value;

    public override string KindName => "string";

    public override bool Equals(Tree? other) => other is TreeString text && text.Value == Value;

    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);
}
