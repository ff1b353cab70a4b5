namespace Gantry.Api.Cel.Syntax.Recovery;

/// <summary>A place in a rule of the grammar.</summary>
internal sealed class GrammarState(GrammarStateKind kind)
{
    public GrammarStateKind Kind { get; } = kind;

    public List<GrammarEdge> Edges { get; } = [];

    public void To(GrammarState target) => Edges.Add(new(target));

    public void To(GrammarState target, ulong tokens) => Edges.Add(new(target, tokens));

    public void To(GrammarState target, GrammarRule rule, int precedence) => Edges.Add(new(target, 0, rule, precedence));

    /// <summary>A way that only operators that bind as tightly as the rule demands may take.</summary>
    public void Guarded(GrammarState target, int precedence) => Edges.Add(new(target, 0, null, precedence));
}
