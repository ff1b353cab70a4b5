using Gantry.Api.Trees;

namespace Gantry.Server.CustomResources.Paths;

/// <summary>One step of a path.</summary>
internal abstract record JsonPathNode
{
    private JsonPathNode()
    {
    }

    /// <summary>Steps one after the other: what stands in one pair of braces.</summary>
    public sealed record Chain(IReadOnlyList<JsonPathNode> Steps) : JsonPathNode;

    /// <summary>Text outside of braces, or in quotes.</summary>
    public sealed record Text(string Value) : JsonPathNode;

    /// <summary>A number or a truth, which stands for itself.</summary>
    public sealed record Literal(Tree Value) : JsonPathNode;

    public sealed record Member(string Name) : JsonPathNode;

    public sealed record Everything : JsonPathNode;

    public sealed record Descent : JsonPathNode;

    /// <summary>A part of a list; a negative number counts from its end.</summary>
    /// <param name="From">The first item; null is the list's.</param>
    /// <param name="To">The item after the last; null is the list's end.</param>
    /// <param name="Step">How far it is from one to the next.</param>
    /// <param name="IsIndex">Whether one item is asked for, so that -1 is the last one.</param>
    public sealed record Slice(int? From, int? To, int? Step, bool IsIndex) : JsonPathNode;

    public sealed record Union(IReadOnlyList<Chain> Ways) : JsonPathNode;

    /// <summary>Those items of a list for which something is so.</summary>
    /// <param name="Left">What is compared.</param>
    /// <param name="Right">With what; null asks whether there is anything at all.</param>
    /// <param name="Operator">How.</param>
    public sealed record Filter(Chain Left, Chain? Right, string Operator) : JsonPathNode;

    /// <summary>A word, which no column can make use of.</summary>
    public sealed record Word(string Value) : JsonPathNode;
}
