namespace Gantry.Api.Trees;

/// <summary>
/// A JSON value without a schema: what patches, defaults and apply compute on. Scalars are immutable; maps and lists may be changed by whoever made them and
/// are shared by everyone else, so a function that received a tree must copy what it changes.
/// </summary>
public abstract class Tree : IEquatable<Tree>
{
    private protected Tree()
    {
    }

    /// <summary>The kind as error texts name it: object, array, string, number, bool or null.</summary>
    public abstract string KindName { get; }

    /// <summary>A copy that shares no map or list with this one.</summary>
    public virtual Tree DeepClone() => this;

    /// <summary>Whether both hold the same JSON value; the order of a map's keys does not matter.</summary>
    public abstract bool Equals(Tree? other);

    public sealed override bool Equals(object? obj) => Equals(obj as Tree);

    public abstract override int GetHashCode();

    /// <summary>The value as compact JSON.</summary>
    public override string ToString() => TreeJson.WriteText(this);

    public static implicit operator Tree(string value) => new TreeString(value);

    public static implicit operator Tree(long value) => TreeInteger.Of(value);

    public static implicit operator Tree(bool value) => TreeBool.Of(value);
}
